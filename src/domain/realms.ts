import type { Decision } from './decision.ts';
import type { NodeId } from './ids.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { PatternRealms } from './pattern-realms.ts';
import { Realm, type RealmLimits } from './realm.ts';
import { RealmKeys } from './realm-keys.ts';
import type { OpenRefusal } from './refusal.ts';
import { accepted, refused, type Result } from './result.ts';
import type { Millis } from './time.ts';

/** Limits of each realm, and of their number. */
export interface RealmsLimits extends RealmLimits {
  /** R3: realms by pattern in use at the same time. */
  readonly maxRealms: number;
}

/** All realms of one node: one for each literal key, and one for each key that matches a pattern and is in use. */
export class Realms {
  readonly #keys: RealmKeys;
  readonly #limits: RealmsLimits;
  readonly #literal: ReadonlyMap<string, Realm>;
  readonly #byPattern: PatternRealms;

  /** @param keys R1: literal keys and patterns. @param memory B1: counts retained publications. */
  constructor(keys: readonly string[], node: NodeId, limits: RealmsLimits, isSingleNode = true, memory?: MemoryBudget) {
    const identity = { node, isSingleNode, ...(memory && { memory }) };
    this.#keys = new RealmKeys(keys);
    this.#limits = limits;
    this.#literal = new Map(this.#keys.literals.map((key) => [key, new Realm({ key, ...identity }, limits)]));
    this.#byPattern = new PatternRealms({ node, isSingleNode }, limits);
  }

  /** The realm of a key, if the key is literal or the realm is in use. @param key any text. */
  find(key: string): Realm | undefined {
    return this.#literal.get(key) ?? this.#byPattern.find(key);
  }

  /**
   * O2, R2: the realm of a key, for one call. A realm that is not in use is a new one, which is kept only if the call adds a
   * user.
   * @param key any text; undefined for clients that send no key (R6).
   */
  resolve(key: string | undefined): Realm | undefined {
    if (key === undefined) return this.#first();
    const known = this.find(key);
    if (known !== undefined) return known;
    const matched = this.#keys.match(key);
    return matched === undefined ? undefined : this.#byPattern.make(matched);
  }

  /** O2, R3: the same for a new connection. */
  resolveForConnection(key: string | undefined): Result<Realm, OpenRefusal> {
    const realm = this.resolve(key);
    if (realm === undefined) return refused({ reason: 'key-unknown' });
    const isNew = this.find(realm.key) === undefined;
    const { maxRealms } = this.#limits;
    if (isNew && this.#byPattern.size >= maxRealms) return refused({ reason: 'too-many-realms', limit: maxRealms });
    return accepted(realm);
  }

  /** The realms of literal keys, and the realms by pattern in use. */
  all(): Realm[] {
    return [...this.#literal.values(), ...this.#byPattern.all()];
  }

  /**
   * L1, L5: closes idle and expired sessions, and pings those that are due, up to `max` of them.
   * @returns the number of decisions; `max` if more may be due.
   */
  sweep(now: Millis, perform: (realm: Realm, decision: Decision) => void, max = Number.POSITIVE_INFINITY): number {
    let count = 0;
    for (const realm of this.#literal.values()) {
      if (count >= max) return count;
      const decisions: Decision[] = [];
      realm.sweep(now, decisions, max - count);
      for (const decision of decisions) perform(realm, decision);
      count += decisions.length;
    }
    return count >= max ? count : count + this.#byPattern.sweep(now, perform, max - count);
  }

  /** When the next `sweep` has work to do. */
  nextDeadline(): Millis {
    let next = this.#byPattern.liveness.nextDeadline();
    for (const realm of this.#literal.values()) next = Math.min(next, realm.nextDeadline());
    return next;
  }

  /** L6: excludes a suspension of the process from all idle times. */
  addPause(span: Millis): void {
    for (const realm of this.#literal.values()) realm.liveness.addPause(span);
    this.#byPattern.liveness.addPause(span);
  }

  /** R6: the realm of the first literal key. */
  #first(): Realm | undefined {
    const [first] = this.#literal.values();
    return first;
  }
}
