import type { Handshakes } from '../../domain/handshakes.ts';
import type { OutgoingMessage } from '../../domain/message.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Connections } from '../connections.ts';
import type { Performer } from '../performer.ts';

/** Relays a message of an open peer to another peer. Must be called within a turn. */
export type RelayMessage = (session: RealmSession, outgoing: OutgoingMessage, now: Millis) => void;

export interface RelayMessageParts {
  readonly connections: Connections;
  readonly performer: Performer;
  readonly handshakes: Handshakes;
}

/** M1, M13: `from` is the registered id of the session, never a value from the frame. */
export function relayMessage({ connections, performer, handshakes }: RelayMessageParts): RelayMessage {
  return (session, outgoing, now) => {
    const { realm } = session;
    const likely = connections.recentRecipients.of(session);
    const decision = realm.relay(session, outgoing, likely);
    if ((decision.do === 'deliver' || decision.do === 'hold') && decision.message.kind === 'offer') {
      handshakes.offered(realm.key, session.id, decision.message.to, now);
    }
    performer.perform(realm, decision, now);
    if (decision.do !== 'deliver' || decision.to === likely?.connection) return;
    const recipient = connections.find(decision.to)?.session;
    if (recipient !== undefined) connections.recentRecipients.remember(session, recipient);
  };
}
