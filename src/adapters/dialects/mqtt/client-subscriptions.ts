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
const ENTRY_BYTES = 200;

/**
 * MQ15, MQ24, MQ25: the filters of one connection, with what the subscriptions of the broker do not have. Bounded by `max`.
 */
export class ClientSubscriptions {
  readonly #byFilter = new Map<string, ClientSubscription>();
  readonly #prefixes: readonly string[];
  readonly #max: number;
  /** MQ24: number of filters. Most clients use one prefix, so that no filter has to be matched. */
  readonly #countByPrefix = new Map<string, number>();
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
    if (!this.#byFilter.has(filter) && this.#byFilter.size >= this.#max) return undefined;
    this.#forget(filter);
    const shared = partsOfShared(filter);
    const name = shared?.filter ?? filter;
    const topic = topicOf(name, this.#prefixes);
    const group = shared && groupOf(shared.share, topic);
    const prefix = name.slice(0, name.length - topic.length);
    const subscription = { selector: selectorOf(topic, group, isNoLocal || undefined), prefix };
    this.#byFilter.set(filter, subscription);
    this.#countByPrefix.set(prefix, (this.#countByPrefix.get(prefix) ?? 0) + 1);
    this.#bytes += entryBytes(filter, subscription);
    return subscription.selector;
  }

  /** @returns the selector to leave; undefined if there was no such filter, or if another filter needs the selector. */
  remove(filter: string): Selector | undefined {
    const removed = this.#forget(filter);
    if (removed === undefined || this.#prefixes.length === 0) return removed?.selector;
    for (const { selector } of this.#byFilter.values()) if (isSame(selector, removed.selector)) return undefined;
    return removed.selector;
  }

  /** MQ24: the name of a topic, by the latest filter that matches. @param group T15: only filters of this group. */
  nameOf(topic: string, group: string | undefined): string {
    const [prefix = '', ...others] = this.#countByPrefix.keys();
    if (others.length === 0) return prefix + topic;
    let name = topic;
    for (const { selector, prefix } of this.#byFilter.values()) {
      if (selector.group === group && fits(selector, topic)) name = prefix + topic;
    }
    return name;
  }

  #forget(filter: string): ClientSubscription | undefined {
    const subscription = this.#byFilter.get(filter);
    if (subscription === undefined) return undefined;
    this.#byFilter.delete(filter);
    const { prefix } = subscription;
    const count = this.#countByPrefix.get(prefix) ?? 0;
    if (count > 1) this.#countByPrefix.set(prefix, count - 1);
    else this.#countByPrefix.delete(prefix);
    this.#bytes -= entryBytes(filter, subscription);
    return subscription;
  }
}

function fits(selector: Selector, topic: string): boolean {
  return 'topic' in selector ? selector.topic === topic : selector.matches(topic, { steps: 0 });
}

/** Whether the broker has one subscription for both. */
function isSame(one: Selector, other: Selector): boolean {
  if (one.group !== other.group) return false;
  return 'topic' in one ? 'topic' in other && one.topic === other.topic : 'pattern' in other && one.key === other.key;
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
