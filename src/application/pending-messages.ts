import { parsePeerId } from '../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { requestsOf, type Decoding, type PendingFrame } from './pending-frames.ts';

/** O14: the messages of a peer to other peers among its pending frames, in order. */
export function* pendingMessages(
  frames: readonly PendingFrame[],
  conversation: Decoding | undefined,
  { id: from, token }: Pick<Session, 'id' | 'token'>,
  { idLength }: Pick<RealmLimits, 'idLength'>,
): Generator<SignalMessage> {
  for (const frame of frames) {
    for (const request of requestsOf(frame, conversation)) {
      if (request.action === 'leave') return;
      if (request.action !== 'relay') continue;
      const { kind, payload } = request;
      const to = parsePeerId(request.to ?? '', idLength);
      if (to.ok) yield { kind, from, to: to.value, payload, owner: needsDelivery(kind) ? token : undefined };
    }
  }
}
