import { parsePeerId } from '../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { PendingFrame } from './pending-frames.ts';
import type { Conversation, Dialect } from './ports/dialect.ts';
import type { FrameRequest } from './ports/requests.ts';

/** O14: the messages of a peer to other peers among its pending frames, in order. */
export function* pendingMessages(
  frames: readonly PendingFrame[],
  conversation: Pick<Dialect, 'decode'> | Pick<Conversation, 'decode'> | undefined,
  { id: from, token }: Pick<Session, 'id' | 'token'>,
  { idLength }: Pick<RealmLimits, 'idLength'>,
): Generator<SignalMessage> {
  for (const request of requestsOf(frames, conversation)) {
    if (request.action === 'leave') return;
    if (request.action !== 'relay') continue;
    const { kind, payload } = request;
    const to = parsePeerId(request.to ?? '', idLength);
    if (to.ok) yield { kind, from, to: to.value, payload, owner: needsDelivery(kind) ? token : undefined };
  }
}

/** The requests of pending frames, in order. A payload is borrowed until the next one. */
function* requestsOf(
  frames: readonly PendingFrame[],
  conversation: Pick<Dialect, 'decode'> | Pick<Conversation, 'decode'> | undefined,
): Generator<FrameRequest> {
  for (const { bytes, isBinary, requests } of frames) {
    if (requests !== undefined) yield* requests;
    else if (conversation?.decode !== undefined) yield conversation.decode(bytes, isBinary);
  }
}
