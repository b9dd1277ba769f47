import type { Realms } from '../../domain/realms.ts';
import type { Connections } from '../connections.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpAction, HttpOutcome } from '../ports/requests.ts';
import type { Turns } from '../turns.ts';

/** Handles an HTTP request that acts for a registered peer, in a turn of its own. */
export type SendForPeer = (
  action: Extract<HttpAction, { action: 'send-for-peer' }>,
  answer: (outcome: HttpOutcome) => void,
) => void;

export interface SendForPeerParts {
  readonly realms: Realms;
  readonly connections: Pick<Connections, 'find'>;
  readonly dispatcher: Dispatcher;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** X6, M22: handled like a frame of the peer's connection. Refused while the connection is paused (M19). */
export function sendForPeer({ realms, connections, dispatcher, turns, clock }: SendForPeerParts): SendForPeer {
  return ({ key, id, token, request, bytes }, answer) => {
    const realm = realms.find(key ?? '');
    const session = realm?.sessionOf(id ?? '', token ?? '');
    if (session === undefined) return answer({ kind: 'refusal', reason: 'sender-unknown' });
    const now = clock.now();
    const isPaused = (connections.find(session.connection)?.pausedUntil ?? 0) > now;
    if (isPaused) return answer({ kind: 'refusal', reason: 'overloaded' });
    turns.run(() => dispatcher.dispatch(session, request, now, bytes));
    answer({ kind: 'sent' });
  };
}
