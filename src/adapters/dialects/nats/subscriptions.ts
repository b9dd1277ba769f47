import type { Selector } from '../../../domain/topic.ts';
import { topicOf } from '../shared/prefixes.ts';
import type { Delivery } from './frames.ts';
import { hasWildcard, isSubject, selectorOf, type SubjectPattern } from './subjects.ts';

/** NA11: a subscription, from its SUB until its end. */
export class Subscription implements Delivery {
  readonly subject: string;
  readonly sid: string;
  readonly queue: string | undefined;
  /** The part of the subject that its topics do not have. */
  readonly prefix: string;
  readonly selector: Selector;
  delivered = 0;
  /** NA11: undefined for no end. */
  max: number | undefined;

  /** @param queue NA14: Latin-1. */
  constructor(subject: string, sid: string, queue: string | undefined, prefixes: readonly string[]) {
    this.subject = subject;
    this.sid = sid;
    this.queue = queue;
    this.prefix = subject.slice(0, subject.length - topicOf(subject, prefixes).length);
    this.selector = selectorOf(subject, this.prefix, queue === undefined ? undefined : groupOf(queue));
  }

  /** Subscriptions with the same key share one subscription of the connection. */
  get key(): string {
    return keyOf(this.selector);
  }
}

/** B1: of a subscription beside its texts. */
const SUBSCRIPTION_BYTES = 512;
const UNMETERED = { steps: 0 };

/**
 * NA10, NA11, NA13: the subscriptions of one client. A subscription is known from its SUB on, so that the next lines can refer
 * to it, and active from the receipt of the broker on.
 */
export class SubscriptionTable {
  readonly #prefixes: readonly string[];
  readonly #known = new Map<string, Subscription>();
  /** Known subscriptions of each key. */
  readonly #counts = new Map<string, number>();
  /** Active subscriptions without wildcards, by topic. */
  readonly #named = new Map<string, Subscription[]>();
  readonly #patterns = new Set<Subscription>();
  /** Selectors without a subscription, to be left. */
  readonly #unused = new Map<string, Selector>();
  #bytes = 0;
  /** NA14. */
  #turn = 0;

  /** @param prefixes the longest first. */
  constructor(prefixes: readonly string[]) {
    this.#prefixes = prefixes;
  }

  /** Active subscriptions with wildcards. */
  get patternCount(): number {
    return this.#patterns.size;
  }

  get size(): number {
    return this.#known.size;
  }

  /** B1. */
  get bytes(): number {
    return this.#bytes;
  }

  find(sid: string): Subscription | undefined {
    return this.#known.get(sid);
  }

  /** @param subject is subscribable, and the sid is unknown. @param queue NA14: Latin-1. */
  add(subject: string, sid: string, queue?: string): Subscription {
    const subscription = new Subscription(subject, sid, queue, this.#prefixes);
    this.#known.set(sid, subscription);
    this.#bytes += bytesOf(subscription);
    this.#counts.set(subscription.key, (this.#counts.get(subscription.key) ?? 0) + 1);
    return subscription;
  }

  /** The sid is free from now on. @returns the selectors to leave; empty if another subscription uses them. */
  remove(subscription: Subscription): readonly Selector[] {
    const { sid, key, selector } = subscription;
    if (this.#known.get(sid) !== subscription) return [];
    this.#known.delete(sid);
    this.#bytes -= bytesOf(subscription);
    const count = (this.#counts.get(key) ?? 1) - 1;
    if (count > 0) {
      this.#counts.set(key, count);
      return [];
    }
    this.#counts.delete(key);
    return [selector];
  }

  /** Ends a subscription by an event. Its selector is kept for `takeUnused`. */
  end(subscription: Subscription): void {
    this.deactivate(subscription);
    for (const selector of this.remove(subscription)) this.#unused.set(keyOf(selector), selector);
  }

  /** The selectors that the connection has to leave, because their subscriptions have ended. */
  takeUnused(): readonly Selector[] {
    if (this.#unused.size === 0) return [];
    const unused = [...this.#unused].filter(([key]) => !this.#counts.has(key)).map(([, selector]) => selector);
    this.#unused.clear();
    return unused;
  }

  activate(subscription: Subscription): void {
    const { selector } = subscription;
    if (!('topic' in selector)) this.#patterns.add(subscription);
    else this.#named.set(selector.topic, [...(this.#named.get(selector.topic) ?? []), subscription]);
  }

  deactivate(subscription: Subscription): void {
    this.#patterns.delete(subscription);
    const { selector } = subscription;
    if (!('topic' in selector)) return;
    const others = (this.#named.get(selector.topic) ?? []).filter((one) => one !== subscription);
    if (others.length === 0) this.#named.delete(selector.topic);
    else this.#named.set(selector.topic, others);
  }

  /**
   * NA13, NA14: the active subscriptions to any of these topics, each once, with the subject of the message: those without a
   * queue, or the next in turn of the queue of a group.
   * @param mayHaveWildcards whether the subject of a publication may have a token `*` or `>`.
   */
  receivers(topics: readonly string[], mayHaveWildcards: boolean, group?: string): ReadonlyMap<Subscription, string> {
    const found = this.#matching(topics, mayHaveWildcards, group);
    if (group === undefined || found.size === 0) return found;
    const chosen = [...found][this.#turn++ % found.size];
    return new Map(chosen === undefined ? [] : [chosen]);
  }

  /** NA15: an active subscription that receives messages to this subject. */
  receiverOf(subject: string): Subscription | undefined {
    return isSubject(subject) ? [...this.receivers([topicOf(subject, this.#prefixes)], true).keys()][0] : undefined;
  }

  #matching(topics: readonly string[], mayHaveWildcards: boolean, group: string | undefined): Map<Subscription, string> {
    const found = new Map<Subscription, string>();
    for (const topic of topics) {
      for (const one of this.#named.get(topic) ?? []) {
        if (one.selector.group === group && !found.has(one)) found.set(one, one.subject);
      }
      if (this.#patterns.size === 0 || (!mayHaveWildcards && hasWildcard(topic))) continue;
      for (const one of this.#patterns) {
        if (one.selector.group !== group || found.has(one)) continue;
        if ((one.selector as SubjectPattern).matches(topic, UNMETERED)) found.set(one, one.prefix + topic);
      }
    }
    return found;
  }
}

function keyOf(selector: Selector): string {
  return JSON.stringify(['topic' in selector ? selector.topic : null, 'topic' in selector ? null : selector.key, selector.group]);
}

/** NA14: the group of a queue. Other dialects have groups of other names. */
function groupOf(queue: string): string {
  return `nats ${queue}`;
}

function bytesOf({ subject, sid, queue = '' }: Subscription): number {
  return SUBSCRIPTION_BYTES + 2 * (subject.length + sid.length + queue.length);
}
