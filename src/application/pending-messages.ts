import { parsePeerId } from '../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { PendingFrame } from './pending-frames.ts';
import type { Conversation, Dialect } from './ports/dialect.ts';
import type { FrameRequest } from './ports/requests.ts';

type Decoding = Pick<Dialect, 'decode'> | Pick<Conversation, 'decode'>;

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

/** The requests of a pending frame. A payload is borrowed until the next frame. None without a conversation. */
export function requestsOf(
  { bytes, isBinary, requests }: PendingFrame,
  conversation: Decoding | undefined,
): readonly FrameRequest[] {
  if (requests !== undefined) return requests;
  return conversation?.decode === undefined ? [] : [conversation.decode(bytes, isBinary)];
}
