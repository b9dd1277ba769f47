import type { Meter, Selector, TopicPattern } from '../../../domain/topic.ts';

const DOT = '.';
const ANY_TOKEN = '*';
const ANY_REST = '>';

/** W9: bytes of the longest subject that is sent to a client. */
const MAX_SUBJECT_BYTES = 4_000;

/** W9: no subject contains a separator of words or an empty token. */
const NO_SUBJECT = /[ \t\r\n]|^\.|\.\.|\.$|^$/;
const WILDCARD = /(?:^|\.)(?:\*|>)(?:\.|$)/;

/** NA10: whether a name can be the subject of a message. */
export function isSubject(name: string): boolean {
  return !NO_SUBJECT.test(name) && (name.length * 3 <= MAX_SUBJECT_BYTES || Buffer.byteLength(name) <= MAX_SUBJECT_BYTES);
}

/** NA10: whether any token of a name is `*` or `>`. */
export function hasWildcard(name: string): boolean {
  return WILDCARD.test(name);
}

/** NA10: whether a client may subscribe: no empty token, and `>` only at the end. */
export function isSubscribable(subject: string): boolean {
  const end = subject.indexOf(ANY_REST);
  return !NO_SUBJECT.test(subject) && (end < 0 || subject.split(DOT).slice(0, -1).indexOf(ANY_REST) < 0);
}

/**
 * NA10: the topic of a subject without wildcards, else a pattern.
 * @param prefix of the subject, which its topics do not have.
 * @param group T15.
 */
export function selectorOf(subject: string, prefix: string, group?: string): Selector {
  return hasWildcard(subject) ? new SubjectPattern(subject, prefix, group) : { topic: subject.slice(prefix.length), group };
}

/** NA10: a subject with wildcards. */
export class SubjectPattern implements TopicPattern {
  readonly key: string;
  readonly pattern: string;
  readonly matchCost: number;
  readonly group: string | undefined;
  readonly #prefix: string;
  readonly #tokens: readonly string[];

  constructor(subject: string, prefix: string, group?: string) {
    this.key = `nats:${prefix.length}:${subject}`;
    this.pattern = subject;
    this.matchCost = 1 + prefix.length;
    this.group = group;
    this.#prefix = prefix;
    this.#tokens = subject.split(DOT);
  }

  matches(topic: string, meter: Meter): boolean {
    const name = this.#prefix === '' ? topic : this.#prefix + topic;
    meter.steps += name.length;
    return this.#matchesTokens(name) && isSubject(name);
  }

  #matchesTokens(name: string): boolean {
    let at = 0;
    for (const token of this.#tokens) {
      if (at > name.length) return false;
      if (token === ANY_REST) return true;
      const found = name.indexOf(DOT, at);
      const end = found < 0 ? name.length : found;
      if (token !== ANY_TOKEN && (token.length !== end - at || !name.startsWith(token, at))) return false;
      at = end + 1;
    }
    return at > name.length;
  }
}
