import type { RealmSession } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import type { Connections } from './connections.ts';
import type { Performer } from './performer.ts';
import type { Socket } from './ports/socket.ts';

export interface FanOutChargeParts {
  readonly performer: Performer;
  readonly connections: Connections;
}

/** T11: the number of receivers that cost one more token of M19, and the maximum of such tokens. */
const RECEIVERS_PER_TOKEN = 250;
const MAX_EXTRA_TOKENS = 20;
const OVERLOAD_PAUSE: Millis = 20;

/** M23: units of `Socket.spend` for the search of receivers, and for each group that is searched. */
const UNITS_PER_RECEIVER = 0.2;
const UNITS_PER_GROUP = 4;

/** M23: counts the search of receivers for the turn. @param groups T15: that may have a receiver. */
export function spendFanOut(on: Pick<Socket, 'spend'> | undefined, receivers: number, groups: number): void {
  const units = UNITS_PER_RECEIVER * receivers + UNITS_PER_GROUP * groups;
  if (units > 1) on?.spend?.(units);
}

/**
 * T10, T11, M19, M23: an event with many receivers costs its sender more tokens, and more of the turn. While the limit for
 * pending deliveries is reached, the sender is paused.
 * @param groups T15: that may have a receiver.
 */
export function chargeFanOut(
  { performer, connections }: FanOutChargeParts,
  session: RealmSession,
  receivers: number,
  now: Millis,
  groups = 0,
): void {
  spendFanOut(connections.find(session.connection)?.socket, receivers, groups);
  const { realm } = session;
  const extra = Math.min(MAX_EXTRA_TOKENS, Math.floor(receivers / RECEIVERS_PER_TOKEN));
  for (let token = 0; token < extra; token++) {
    const decision = realm.frameReceived(session, now);
    if (decision === undefined) continue;
    performer.perform(realm, decision, now);
    if (decision.do === 'close') return;
  }
  if (connections.fanOut.isFull) performer.perform(realm, { do: 'pause', session, until: now + OVERLOAD_PAUSE }, now);
}
