import type { OutgoingMessage } from '../../domain/message.ts';
import type { RealmSession } from '../../domain/realm.ts';
import type { Millis } from '../../domain/time.ts';
import type { Performer } from '../performer.ts';

/** Relays a message of an open peer to another peer. Must be called within a turn. */
export type RelayMessage = (session: RealmSession, outgoing: OutgoingMessage, now: Millis) => void;

/** M1, M13: `from` is the registered id of the session, never a value from the frame. */
export function relayMessage({ performer }: { readonly performer: Performer }): RelayMessage {
  return (session, outgoing, now) => performer.perform(session.realm, session.realm.relay(session, outgoing), now);
}
