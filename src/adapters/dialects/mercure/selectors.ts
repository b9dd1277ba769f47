import { anyMatches } from '../../../domain/subscriber-search.ts';
import type { Meter, Selector, TopicPattern } from '../../../domain/topic.ts';
import { compileUriTemplate } from './uri-template.ts';
import { compileUrlPattern } from './url-pattern.ts';

/** MER6: the kind of a selector. Mercure 0.x has only `topic`. */
export type MatchType = 'topic' | 'exact' | 'urlpattern';

/** The parameters of a query that select topics. */
const PARAMETERS: Readonly<Record<string, MatchType>> = {
  topic: 'topic',
  match: 'exact',
  match_exact: 'exact',
  match_urlpattern: 'urlpattern',
};

/** The allowed form of each kind, for error messages. */
const REFUSALS: Readonly<Record<MatchType, string>> = {
  topic: 'a URI template has at most 8 expressions',
  exact: 'a name is any text',
  urlpattern:
    'a URL pattern begins with a scheme and //, or with / ? or #. It may have names, wildcards, groups that are not nested, and ?. ' +
    'Not allowed are regular expressions, repetitions (+ or * after a part), users, IPv6 addresses, and more than about 20 parts',
};

const EVERYTHING: TopicPattern = { key: '*', pattern: '*', matchCost: 0, matches: () => true };

/** MER6: `*` selects every topic, for each type. @returns undefined for a text that is not valid for the type. */
export function selectorOf(text: string, type: MatchType): Selector | undefined {
  if (text === '*') return EVERYTHING;
  if (type === 'exact') return { topic: text };
  if (type === 'urlpattern') {
    const glob = compileUrlPattern(text);
    return (
      glob && { key: `u${text}`, pattern: text, matchCost: glob.weight, matches: (topic, meter) => glob.matches(topic, meter) }
    );
  }
  const glob = compileUriTemplate(text);
  if (glob === 'too-many') return undefined;
  if (glob === undefined) return { topic: text };
  const matches = (topic: string, meter: Meter): boolean => topic === text || glob.matches(topic, meter);
  return { key: `t${text}`, pattern: text, matchCost: glob.weight, matches };
}

/** MER2, MER6: the selectors of a query, or the reason why the query is rejected. */
export function readSelectors(query: URLSearchParams): Selector[] | string {
  const selectors: Selector[] = [];
  for (const [name, text] of query) {
    const type = Object.hasOwn(PARAMETERS, name) ? PARAMETERS[name] : undefined;
    if (type === undefined && name.toLowerCase().startsWith('match')) {
      return `There is no parameter ${JSON.stringify(name.slice(0, 40))}; use one of ${Object.keys(PARAMETERS).join(', ')}`;
    }
    if (type === undefined) continue;
    const selector = selectorOf(text, type);
    if (selector === undefined) return `The parameter ${name} is not valid: ${REFUSALS[type]}`;
    selectors.push(selector);
  }
  return selectors.length === 0 ? 'The topics are missing: use ?topic=…' : selectors;
}

// About ten milliseconds.
const MAX_COVERING_STEPS = 4_000_000;

/** MER7: true if the selectors of a token cover every topic. @returns undefined if that takes too many steps. */
export function coversAll(selectors: readonly Selector[], topics: readonly string[]): boolean | undefined {
  const budget = { steps: 0, maxSteps: MAX_COVERING_STEPS };
  for (const topic of topics) {
    const isCovered = anyMatches([topic], selectors, budget);
    if (isCovered !== true) return isCovered;
  }
  return true;
}
