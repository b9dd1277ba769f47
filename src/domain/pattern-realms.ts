import type { Decision } from './decision.ts';
import type { RealmKey } from './ids.ts';
import { LivenessMonitor } from './liveness-monitor.ts';
import { RateLimiters } from './rate-limiters.ts';
import { Realm, type RealmIdentity, type RealmLimits } from './realm.ts';
import type { Millis } from './time.ts';

/**
 * R2: the realms by pattern that are in use. They share their liveness timeouts and rate limiters, so that a sweep costs
 * nothing for each realm, and a rate limiter outlives its realm (R4).
 */
export class PatternRealms {
  readonly #identity: Omit<RealmIdentity, 'key'>;
  readonly #limits: RealmLimits;
  readonly #inUse = new Map<string, Realm>();
  readonly #rateLimiters: RateLimiters;
  readonly liveness: LivenessMonitor;

  constructor(identity: Omit<RealmIdentity, 'key'>, limits: RealmLimits) {
    this.#identity = identity;
    this.#limits = limits;
    this.#rateLimiters = new RateLimiters(({ realm, id }) => `${realm.key}\n${id}`);
    this.liveness = new LivenessMonitor(limits);
  }

  /** Number of realms in use. */
  get size(): number {
    return this.#inUse.size;
  }

  find(key: string): Realm | undefined {
    return this.#inUse.get(key);
  }

  all(): Iterable<Realm> {
    return this.#inUse.values();
  }

  /** A realm that is in use from its first user to its last. At most one realm of a key may have users at the same time. */
  make(key: RealmKey): Realm {
    const onUseChange = (isUsed: boolean): void => {
      if (isUsed) this.#inUse.set(key, realm);
      else this.#inUse.delete(key);
    };
    const shared = { rateLimiters: this.#rateLimiters, liveness: this.liveness, onUseChange };
    const realm: Realm = new Realm({ ...this.#identity, key }, this.#limits, shared);
    return realm;
  }

  /** L1, L5, MER12: as `Realms.sweep`, for all realms. The cost is proportional to the number of sessions that are due. */
  sweep(now: Millis, perform: (realm: Realm, decision: Decision) => void, max = Number.POSITIVE_INFINITY): number {
    this.#rateLimiters.sweep(now);
    const decisions: [Realm, Decision][] = [];
    for (const due of this.liveness.allDue(now)) {
      const realm = this.#inUse.get(due.session.realm.key);
      if (realm !== undefined && decisions.push([realm, realm.dueDecision(due, now)]) >= max) break;
    }
    for (const [realm, decision] of decisions) perform(realm, decision);
    return decisions.length;
  }
}
