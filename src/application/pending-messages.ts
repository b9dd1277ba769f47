import { parsePeerId } from '../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import { requestsOf, type Decoding, type PendingFrame } from './pending-frames.ts';
import type { FrameRequest } from './ports/requests.ts';

/** O14: the messages of a peer to other peers among its pending frames, in order. */
export function* pendingMessages(
  frames: readonly PendingFrame[],
  conversation: Decoding | undefined,
  session: Pick<Session, 'id' | 'token'>,
  limits: Pick<RealmLimits, 'idLength'>,
): Generator<SignalMessage> {
  for (const frame of frames) {
    for (const request of requestsOf(frame, conversation)) {
      if (request.action === 'leave') return;
      const message = messageIn(request, session, limits);
      if (message !== undefined) yield message;
    }
  }
}

/** The message to another peer in a request; undefined if there is none, or if its receiver has no valid id. */
export function messageIn(
  request: FrameRequest,
  { id: from, token }: Pick<Session, 'id' | 'token'>,
  { idLength }: Pick<RealmLimits, 'idLength'>,
): SignalMessage | undefined {
  if (request.action !== 'relay') return undefined;
  const { kind, payload } = request;
  const to = parsePeerId(request.to ?? '', idLength);
  return to.ok ? { kind, from, to: to.value, payload, owner: needsDelivery(kind) ? token : undefined } : undefined;
}
