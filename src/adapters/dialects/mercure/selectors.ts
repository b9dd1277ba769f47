import { URLPattern } from 'urlpattern-polyfill';
import type { Selector } from '../../../domain/topic.ts';
import { templateMatcher } from './uri-template.ts';

// Whatever is no absolute URL is taken relative to this, topics and patterns alike.
const BASE = 'https://topics.invalid/';

// More of them take too long to be tried.
const MAX_WILDCARDS = 2;

const EVERYTHING: Selector = { pattern: '*', fits: () => true };

/** MER6, 0.x: `*`, a URI template, or the very topic. */
export function selectorOf(text: string): Selector {
  if (text === '*') return EVERYTHING;
  const fits = templateMatcher(text);
  return fits === undefined ? { topic: text } : { pattern: text, fits: (topic) => topic === text || fits(topic) };
}

/** MER6, 1.0: a URL pattern without regular expressions of its own; undefined for what is none, or takes too long. */
export function urlPatternSelector(text: string): Selector | undefined {
  if (text.includes('(') || (text.match(/[*:{]\w*/g) ?? []).length - protocols(text) > MAX_WILDCARDS) return undefined;
  try {
    const pattern = new URLPattern(text, BASE);
    return { pattern: `urlpattern ${text}`, fits: (topic) => URL.canParse(topic, BASE) && pattern.test(topic, BASE) };
  } catch {
    return undefined;
  }
}

/** MER7: whether one of a token's selectors covers a topic. */
export function coverage(selectors: readonly string[]): (topic: string) => boolean {
  const all = selectors.map(selectorOf);
  return (topic) => all.some((selector) => ('topic' in selector ? selector.topic === topic : selector.fits(topic)));
}

/** The colon of `https://` is no wildcard. */
function protocols(text: string): number {
  return (text.match(/:\/\//g) ?? []).length + (text.match(/:\d/g) ?? []).length;
}
