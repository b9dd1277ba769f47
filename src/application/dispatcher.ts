import type { Decision } from '../domain/decision.ts';
import { impossible } from '../domain/invariant.ts';
import type { Payload } from '../domain/message.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import { BUFFER_BYTES, textBytes } from '../domain/memory-sizes.ts';
import { ReusedBytes } from '../domain/reused-bytes.ts';
import { copyWithBytes, type Draft } from '../domain/topic.ts';
import type { Connections } from './connections.ts';
import type { Performer } from './performer.ts';
import type { MessageTap } from './ports/message-tap.ts';
import type { FrameRequest } from './ports/requests.ts';
import type { RecordFrame } from './use-cases/record-frame.ts';

/** Requests that the dispatcher handles itself. */
type BuiltInRequest = Extract<
  FrameRequest,
  { action: 'heartbeat' | 'set-will' | 'set-will-draft' | 'pong' | 'reply' | 'ignore' | 'malformed' }
>;
type UseCaseRequest = Exclude<FrameRequest, BuiltInRequest>;

/** The use-cases of the other requests, called within a turn. */
export type FrameUseCases = {
  readonly [Request in UseCaseRequest as Request['action']]: (session: RealmSession, request: Request, now: Millis) => void;
};

export interface DispatcherParts {
  readonly connections: Connections;
  readonly performer: Performer;
  readonly tap: MessageTap;
  readonly recordFrame: RecordFrame;
  readonly useCases: FrameUseCases;
  /** T8. */
  readonly willMemory: ReusedBytes;
}

/**
 * M23: units of `Socket.spend` for a request that takes longer than to relay a message, without its receivers. For each
 * selector of a subscription.
 */
const UNITS_PER_REQUEST = 12;

/** Dispatches the requests of open connections to the use-cases. */
export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** Must be called within a turn. @param bytes the size of the frame. */
  dispatch(session: RealmSession, request: FrameRequest, now: Millis, bytes: number): void {
    if (this.admits(session, now, bytes)) this.handle(session, request, now, bytes);
  }

  /** M8, M19, W8: a frame of a peer arrived. Must be called within a turn. @returns whether its requests may be handled. */
  admits(session: RealmSession, now: Millis, bytes: number, requests?: number): boolean {
    return this.#parts.recordFrame(session, now, bytes, requests);
  }

  /** Handles a request of an admitted frame. Must be called within a turn. @param bytes the size of the frame. */
  handle(session: RealmSession, request: FrameRequest, now: Millis, bytes: number): void {
    const { useCases, tap, connections } = this.#parts;
    const connection = connections.find(session.connection);
    connection?.received.count(request);
    if (tap.isEnabled) tap.received(session, request, bytes);
    if (request.action === 'relay') return useCases.relay(session, request, now);
    if (!hasUseCase(useCases, request)) return this.#handleOther(session, request, now);
    connection?.socket.spend?.('selectors' in request ? UNITS_PER_REQUEST * request.selectors.length : UNITS_PER_REQUEST);
    const useCase = useCases[request.action] as (session: RealmSession, request: UseCaseRequest, now: Millis) => void;
    useCase(session, request, now);
  }

  /** T8, B3: checked before the copy. */
  #setWill(session: RealmSession, will: Payload, now: Millis): void {
    if (!this.#reserveWill(session, BUFFER_BYTES + ReusedBytes.sizeFor(will.length), now)) return;
    const before = session.will;
    session.will = this.#parts.willMemory.copy(will);
    if (before !== undefined) this.#parts.willMemory.release(before);
  }

  /** T18, B3. */
  #setWillDraft(session: RealmSession, draft: Draft, now: Millis): void {
    const texts = draft.topics.reduce((sum, topic) => sum + textBytes(topic), 0);
    const bytes = 2 * BUFFER_BYTES + draft.payload.length + (draft.extra?.bytes.length ?? 0) + texts;
    if (this.#reserveWill(session, bytes, now)) session.willDraft = copyWithBytes(draft);
  }

  /** @returns false if the memory budget has no room, so that the connection is closed. */
  #reserveWill(session: RealmSession, bytes: number, now: Millis): boolean {
    const { realm, memory } = session;
    if (memory?.hasRoomFor('will', bytes) === false) {
      this.#parts.performer.perform(realm, realm.limitExceeded(session, 'hoarding'), now);
      return false;
    }
    memory?.set('will', bytes);
    return true;
  }

  #handleOther(session: RealmSession, request: BuiltInRequest, now: Millis): void {
    const { performer, connections } = this.#parts;
    switch (request.action) {
      case 'heartbeat':
        return;
      case 'set-will':
        return this.#setWill(session, request.will, now);
      case 'set-will-draft':
        return this.#setWillDraft(session, request.draft, now);
      case 'pong':
        return performer.perform(session.realm, { do: 'notify', to: [session.connection], event: { event: 'pong' } }, now);
      case 'reply':
        return connections.reply(session.connection, request.frame);
      case 'ignore':
        return performer.perform(session.realm, { do: 'ignore', why: request.why }, now);
      case 'malformed':
        return performer.perform(session.realm, malformed(session, request.isFatal === true, now), now);
      default:
        return impossible(request);
    }
  }
}

/** M10, W1. */
function malformed(session: RealmSession, isFatal: boolean, now: Millis): Decision {
  const { realm } = session;
  return isFatal ? realm.limitExceeded(session, 'malformed') : realm.malformed(session, now);
}

function hasUseCase(useCases: FrameUseCases, request: FrameRequest): request is UseCaseRequest {
  return request.action in useCases;
}
