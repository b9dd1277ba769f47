import { parsePeerId } from '../domain/ids.ts';
import { needsDelivery, type SignalMessage } from '../domain/message.ts';
import type { RealmLimits } from '../domain/realm.ts';
import type { Session } from '../domain/session.ts';
import type { PendingFrame } from './pending-frames.ts';
import type { Dialect } from './ports/dialect.ts';

/** O14: the messages of a peer to other peers among its pending frames, in order. */
export function* pendingMessages(
  frames: readonly PendingFrame[],
  dialect: Pick<Dialect, 'decode'> | undefined,
  { id: from, token }: Pick<Session, 'id' | 'token'>,
  { idLength }: Pick<RealmLimits, 'idLength'>,
): Generator<SignalMessage> {
  for (const { bytes, isBinary } of frames) {
    const request = dialect?.decode(bytes, isBinary);
    if (request?.action === 'leave') return;
    if (request?.action !== 'relay') continue;
    const { kind, payload } = request;
    const to = parsePeerId(request.to ?? '', idLength);
    if (to.ok) yield { kind, from, to: to.value, payload, owner: needsDelivery(kind) ? token : undefined };
  }
}
