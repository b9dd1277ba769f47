import { textBytes } from '../../../domain/memory-sizes.ts';
import type { Selector } from '../../../domain/topic.ts';
import { topicOf } from '../shared/prefixes.ts';
import { selectorOf } from './filters.ts';

/** One filter of a client. */
interface ClientSubscription {
  readonly selector: Selector;
  /** MQ24: the configured prefix that the topics of the filter have on this wire. */
  readonly prefix: string;
  readonly isNoLocal: boolean;
}

/** Memory of an entry beside its filter. */
const ENTRY_BYTES = 200;

/** MQ15, MQ19, MQ24: the filters of one connection, with what the broker's own subscriptions do not have. Bounded by `max`. */
export class ClientSubscriptions {
  readonly #byFilter = new Map<string, ClientSubscription>();
  readonly #prefixes: readonly string[];
  readonly #max: number;
  #noLocalCount = 0;
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

  /** MQ15: replaces an earlier subscription. @returns undefined if there are too many. */
  add(filter: string, isNoLocal: boolean): Selector | undefined {
    if (!this.#byFilter.has(filter) && this.#byFilter.size >= this.#max) return undefined;
    this.#forget(filter);
    const topic = topicOf(filter, this.#prefixes);
    const subscription = { selector: selectorOf(topic), prefix: filter.slice(0, filter.length - topic.length), isNoLocal };
    this.#byFilter.set(filter, subscription);
    this.#bytes += ENTRY_BYTES + textBytes(filter);
    if (isNoLocal) this.#noLocalCount += 1;
    return subscription.selector;
  }

  /** @returns the selector to leave; undefined if there was no such filter, or if another filter needs the selector. */
  remove(filter: string): Selector | undefined {
    const removed = this.#forget(filter);
    if (removed === undefined || this.#prefixes.length === 0) return removed?.selector;
    const key = keyOf(removed.selector);
    for (const { selector } of this.#byFilter.values()) if (keyOf(selector) === key) return undefined;
    return removed.selector;
  }

  /** MQ19: whether the client receives its own publication, if it is subscribed. @param topic without prefix. */
  echoes(topic: string): boolean {
    if (this.#noLocalCount === 0) return true;
    if (this.#noLocalCount === this.#byFilter.size) return false;
    for (const { selector, isNoLocal } of this.#byFilter.values()) if (!isNoLocal && fits(selector, topic)) return true;
    return false;
  }

  /** MQ24: the name of a topic, by the latest filter that matches. */
  nameOf(topic: string): string {
    let name = topic;
    for (const { selector, prefix } of this.#byFilter.values()) if (fits(selector, topic)) name = prefix + topic;
    return name;
  }

  #forget(filter: string): ClientSubscription | undefined {
    const subscription = this.#byFilter.get(filter);
    if (subscription === undefined) return undefined;
    this.#byFilter.delete(filter);
    this.#bytes -= ENTRY_BYTES + textBytes(filter);
    if (subscription.isNoLocal) this.#noLocalCount -= 1;
    return subscription;
  }
}

function fits(selector: Selector, topic: string): boolean {
  return 'topic' in selector ? selector.topic === topic : selector.matches(topic, { steps: 0 });
}

function keyOf(selector: Selector): string {
  return 'topic' in selector ? selector.topic : selector.key;
}
