import type { Meter, Selector } from '../../../domain/topic.ts';

/** MQ13: bytes of a name or filter. */
export const MAX_NAME_BYTES = 65_535;

const [SLASH, PLUS, HASH, DOLLAR] = [0x2f, 0x2b, 0x23, 0x24];
const NOT_IN_NAMES = /[\u0000+#]/;
/** A wildcard that is not a whole level, or `#` that is not the last one. */
const BAD_WILDCARD = /[^/][+#]|\+[^/]|#./s;
const SHARED = /^\$share(?:\/|$)/;
const SHARE_AND_FILTER = /^\$share\/([^+#/]+)\/(.+)$/s;

/** MQ13: whether a publication may have this topic on the wire. */
export function isName(text: string): boolean {
  return text !== '' && !NOT_IN_NAMES.test(text) && Buffer.byteLength(text) <= MAX_NAME_BYTES;
}

/** MQ13. @param text without U+0000. A shared filter without a valid share name is one, because SUBACK refuses it. */
export function isFilter(text: string): boolean {
  if (!isShared(text)) return text !== '' && !BAD_WILDCARD.test(text);
  const parts = partsOfShared(text);
  return parts === undefined || !BAD_WILDCARD.test(parts.filter);
}

/** MQ25: whether clients share the subscription. */
export function isShared(filter: string): boolean {
  return SHARED.test(filter);
}

/** MQ25. @returns undefined if the share name is invalid, or if there is no filter behind it. */
export function partsOfShared(text: string): { readonly share: string; readonly filter: string } | undefined {
  const [, share, filter] = SHARE_AND_FILTER.exec(text) ?? [];
  return share === undefined || filter === undefined ? undefined : { share, filter };
}

/** MQ20: reserved names: no client may publish to them. */
export function isReserved(name: string): boolean {
  return name.charCodeAt(0) === DOLLAR;
}

/** MQ13: a filter without wildcards is a topic. @param group T15. @param isNoLocal MQ19. */
export function selectorOf(filter: string, group?: string, isNoLocal?: boolean): Selector {
  if (!filter.includes('+') && !filter.includes('#')) return { topic: filter, group, isNoLocal };
  const matches = (topic: string, meter: Meter): boolean => filterMatches(filter, topic, meter);
  return { key: `m${filter}`, pattern: filter, group, isNoLocal, matchCost: 1, matches };
}

/** MQ13: compares one level after the other, without backtracking. @param meter counts the characters of the topic. */
export function filterMatches(filter: string, topic: string, meter: Meter): boolean {
  const first = filter.charCodeAt(0);
  meter.steps += 1;
  if (topic.charCodeAt(0) === DOLLAR && (first === PLUS || first === HASH)) return false;
  let at = 0;
  let from = 0;
  for (;;) {
    const start = at;
    const code = filter.charCodeAt(from);
    if (code === HASH) return true;
    if (code === PLUS) {
      at = endOfLevel(topic, at);
      from += 1;
    } else {
      const end = endOfLevel(filter, from);
      if (!topic.startsWith(filter.slice(from, end), at)) return false;
      at += end - from;
      from = end;
    }
    meter.steps += at - start + 1;
    const isFilterEnd = from === filter.length;
    if (at === topic.length) return isFilterEnd || isParent(filter, from);
    if (isFilterEnd || topic.charCodeAt(at) !== SLASH) return false;
    at += 1;
    from += 1;
  }
}

/** `a/#` matches `a` too. */
function isParent(filter: string, from: number): boolean {
  return from + 2 === filter.length && filter.charCodeAt(from + 1) === HASH;
}

function endOfLevel(text: string, start: number): number {
  const end = text.indexOf('/', start);
  return end < 0 ? text.length : end;
}
