import type { Realms } from '../../domain/realms.ts';
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
  readonly dispatcher: Dispatcher;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** X6: handled like a frame of the peer's connection. */
export function sendForPeer({ realms, dispatcher, turns, clock }: SendForPeerParts): SendForPeer {
  return ({ key, id, token, request }, answer) => {
    const realm = realms.find(key ?? '');
    const session = realm?.sessionOf(id ?? '', token ?? '');
    if (session === undefined) return answer({ kind: 'refusal', reason: 'sender-unknown' });
    const bytes = request.action === 'relay' ? (request.payload?.length ?? 0) : 0;
    turns.run(() => dispatcher.dispatch(session, request, clock.now(), bytes));
    answer({ kind: 'sent' });
  };
}
