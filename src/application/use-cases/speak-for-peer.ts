import type { Realms } from '../../domain/realms.ts';
import { Token } from '../../domain/token.ts';
import type { Dispatcher } from '../dispatcher.ts';
import type { Clock } from '../ports/clock.ts';
import type { HttpAsk, HttpOutcome } from '../ports/requests.ts';
import type { Turns } from '../turns.ts';

/** A peer says something beside its connection. A turn of its own. */
export type SpeakForPeer = (asked: Extract<HttpAsk, { ask: 'say' }>, answer: (outcome: HttpOutcome) => void) => void;

export interface SpeakForPeerParts {
  readonly realms: Realms;
  readonly dispatcher: Dispatcher;
  readonly turns: Turns;
  readonly clock: Clock;
}

/** X6: it counts as if the connection had said it. */
export function speakForPeer({ realms, dispatcher, turns, clock }: SpeakForPeerParts): SpeakForPeer {
  return ({ key, id, token, request }, answer) => {
    const realm = realms.find(key ?? '');
    const session = realm?.bearer(id ?? '', new Token(token ?? ''));
    if (session === undefined) return answer({ gave: 'refusal', reason: 'sender-unknown' });
    turns.run(() => dispatcher.dispatch(session, request, clock.now()));
    answer({ gave: 'word' });
  };
}
