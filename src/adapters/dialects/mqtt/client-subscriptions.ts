import { textBytes } from '../../../domain/memory-sizes.ts';
import type { Selector } from '../../../domain/topic.ts';
import { topicOf } from '../shared/prefixes.ts';
import { partsOfShared, selectorOf } from './filters.ts';

/** One filter of a client. */
interface ClientSubscription {
  readonly selector: Selector;
  /** MQ24: the configured prefix that the topics of the filter have on this wire. */
  readonly prefix: string;
}

/** Memory of an entry beside its filter. */
const ENTRY_BYTES = 320;

/**
 * MQ24, M23: filters with wildcards of a client that has such filters under several prefixes: each may have to be matched for
 * each publication.
 */
const MAX_MIXED_WILDCARDS = 8;

/**
 * MQ15, MQ24, MQ25: the filters of one connection, with what the subscriptions of the broker do not have. Bounded by `max`.
 */
export class ClientSubscriptions {
  readonly #byFilter = new Map<string, ClientSubscription>();
  /** Those that are one subscription of the broker, the latest last. */
  readonly #byKey = new Map<string, ClientSubscription[]>();
  /** MQ24: filters with wildcards that are not shared, and their number by prefix. */
  readonly #wildcards = new Set<ClientSubscription>();
  readonly #wildcardsByPrefix = new Map<string, number>();
  readonly #prefixes: readonly string[];
  readonly #max: number;
  #bytes = 0;

  /** @param prefixes the longest first. @param max filters of one connection. */
  constructor(prefixes: readonly string[], max: number) {
    this.#prefixes = prefixes;
    this.#max = max;
  }

  /** B1. */
  get bytes(): number {
    return this.#bytes;
  }

  has(filter: string): boolean {
    return this.#byFilter.has(filter);
  }

  /** MQ15, MQ19: replaces an earlier subscription. @returns undefined if there are too many. */
  add(filter: string, isNoLocal: boolean): Selector | undefined {
    const isNew = !this.#byFilter.has(filter);
    if (isNew && this.#byFilter.size >= this.#max) return undefined;
    const shared = partsOfShared(filter);
    const name = shared?.filter ?? filter;
    const topic = topicOf(name, this.#prefixes);
    const group = shared && groupOf(shared.share, topic);
    const prefix = name.slice(0, name.length - topic.length);
    const subscription = { selector: selectorOf(topic, group, isNoLocal || undefined), prefix };
    if (isNew && this.#isTooMixed(subscription)) return undefined;
    this.#forget(filter);
    this.#byFilter.set(filter, subscription);
    this.#index(subscription);
    this.#bytes += entryBytes(filter, subscription);
    return subscription.selector;
  }

  /** @returns the selector to leave; undefined if there was no such filter, or if another filter needs the selector. */
  remove(filter: string): Selector | undefined {
    const removed = this.#forget(filter);
    return removed === undefined || this.#byKey.has(keyOf(removed.selector)) ? undefined : removed.selector;
  }

  /**
   * MQ24: the name of a topic: by the latest filter without wildcards, else by the latest one that matches. Wildcards are matched
   * only if the client has them under several prefixes.
   * @param group T15: only filters of this group, which match.
   */
  nameOf(topic: string, group: string | undefined): string {
    const exact = this.#byKey.get(group === undefined ? keyOf({ topic }) : groupKeyOf(group))?.at(-1);
    if (exact !== undefined) return exact.prefix + topic;
    const [prefix = '', ...others] = this.#wildcardsByPrefix.keys();
    if (others.length === 0) return prefix + topic;
    return (this.#latestMatch(topic)?.prefix ?? '') + topic;
  }

  #latestMatch(topic: string): ClientSubscription | undefined {
    let latest: ClientSubscription | undefined;
    for (const subscription of this.#wildcards) {
      const { selector } = subscription;
      if ('pattern' in selector && selector.matches(topic, { steps: 0 })) latest = subscription;
    }
    return latest;
  }

  #isTooMixed(added: ClientSubscription): boolean {
    if (!isWildcard(added) || this.#wildcards.size < MAX_MIXED_WILDCARDS) return false;
    return this.#wildcardsByPrefix.size > 1 || !this.#wildcardsByPrefix.has(added.prefix);
  }

  #index(subscription: ClientSubscription): void {
    const key = keyOf(subscription.selector);
    const same = this.#byKey.get(key);
    if (same === undefined) this.#byKey.set(key, [subscription]);
    else same.push(subscription);
    if (!isWildcard(subscription)) return;
    const { prefix } = subscription;
    this.#wildcards.add(subscription);
    this.#wildcardsByPrefix.set(prefix, (this.#wildcardsByPrefix.get(prefix) ?? 0) + 1);
  }

  #unindex(subscription: ClientSubscription): void {
    const key = keyOf(subscription.selector);
    const others = (this.#byKey.get(key) ?? []).filter((one) => one !== subscription);
    if (others.length === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, others);
    if (!this.#wildcards.delete(subscription)) return;
    const { prefix } = subscription;
    const count = this.#wildcardsByPrefix.get(prefix) ?? 0;
    if (count > 1) this.#wildcardsByPrefix.set(prefix, count - 1);
    else this.#wildcardsByPrefix.delete(prefix);
  }

  #forget(filter: string): ClientSubscription | undefined {
    const subscription = this.#byFilter.get(filter);
    if (subscription === undefined) return undefined;
    this.#byFilter.delete(filter);
    this.#unindex(subscription);
    this.#bytes -= entryBytes(filter, subscription);
    return subscription;
  }
}

function isWildcard({ selector }: ClientSubscription): boolean {
  return 'pattern' in selector && selector.group === undefined;
}

/** Filters with the same key are one subscription of the broker. The name of a group contains the filter. */
function keyOf(selector: Selector | { readonly topic: string; readonly group?: undefined }): string {
  if (selector.group !== undefined) return groupKeyOf(selector.group);
  return 'topic' in selector ? `t${selector.topic}` : selector.key;
}

function groupKeyOf(group: string): string {
  return `g${group}`;
}

/**
 * MQ25: share name and filter together identify a shared subscription.
 * @param filter without prefix. A share name has no slash.
 */
function groupOf(share: string, filter: string): string {
  return `mqtt ${share}/${filter}`;
}

function entryBytes(filter: string, { selector }: ClientSubscription): number {
  return ENTRY_BYTES + textBytes(filter) + textBytes(selector.group ?? '');
}
