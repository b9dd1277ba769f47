import type { AuthFailures } from '../domain/auth-failures.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { OpenRefusal } from '../domain/refusal.ts';
import type { HitLimit } from './ports/hit-limit.ts';

/** The limit that a refused connection exceeded; undefined if the refusal has another reason. */
export function limitOf(refusal: OpenRefusal, limits: Pick<RealmLimits, 'concurrentLimit'> | undefined): HitLimit | undefined {
  if (refusal.reason === 'peer-id-too-long') return { option: 'id_length', allows: refusal.limit };
  if (refusal.reason === 'too-many-realms') return { option: 'max_realms', allows: refusal.limit, asked: refusal.limit + 1 };
  if (refusal.reason !== 'realm-full' || limits === undefined) return undefined;
  return { option: 'concurrent_limit', allows: limits.concurrentLimit, asked: limits.concurrentLimit + 1 };
}

/** A8. */
export function authFailureLimit({ limits }: AuthFailures): HitLimit {
  return { option: 'auth_failures_per_minute', allows: limits.failuresPerWindow };
}
