import { impossible } from '../domain/invariant.ts';
import type { Payload } from '../domain/message.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import { BUFFER_BYTES } from '../domain/weights.ts';
import type { Performer } from './perform.ts';
import type { MessageTap } from './ports/message-tap.ts';
import type { FrameRequest } from './ports/requests.ts';
import type { HearPeer } from './use-cases/hear-peer.ts';

/** Requests that the dispatcher answers itself. */
type OwnRequest = Extract<FrameRequest, { ask: 'stay' | 'bequeath' | 'pong' | 'nothing' | 'unreadable' }>;
type UseCaseRequest = Exclude<FrameRequest, OwnRequest>;

/** The use-case of every other request, called within a turn. */
export type FrameUseCases = {
  readonly [Request in UseCaseRequest as Request['ask']]: (session: RealmSession, request: Request, now: Millis) => void;
};

export interface DispatcherParts {
  readonly performer: Performer;
  readonly tap: MessageTap;
  readonly hearPeer: HearPeer;
  readonly useCases: FrameUseCases;
}

/** From what an open connection asks for to the use-case that does it. */
export class Dispatcher {
  readonly #parts: DispatcherParts;

  constructor(parts: DispatcherParts) {
    this.#parts = parts;
  }

  /** To be called within a turn. */
  dispatch(session: RealmSession, request: FrameRequest, now: Millis): void {
    if (this.admits(session, now)) this.handle(session, request, now);
  }

  /** M8, M19: something came from a peer. To be called within a turn. @returns whether it may be handled. */
  admits(session: RealmSession, now: Millis): boolean {
    return this.#parts.hearPeer(session, now);
  }

  /** What was admitted. To be called within a turn. */
  handle(session: RealmSession, request: FrameRequest, now: Millis): void {
    const { useCases, tap } = this.#parts;
    if (tap.isOpen) tap.heard(session, request);
    if (request.ask === 'relay') return useCases.relay(session, request, now);
    if (!asksForUseCase(useCases, request)) return this.#other(session, request, now);
    const useCase = useCases[request.ask] as (session: RealmSession, request: UseCaseRequest, now: Millis) => void;
    useCase(session, request, now);
  }

  /** T8, B3: refused before it is copied, where there is no room for it. */
  #bequeath(session: RealmSession, will: Payload, now: Millis): void {
    const { realm, holding } = session;
    const bytes = BUFFER_BYTES + will.length;
    if (holding?.mayHold('will', bytes) === false) {
      return this.#parts.performer.perform(realm, realm.overreached(session, 'hoarding'), now);
    }
    session.will = new Uint8Array(will);
    holding?.set('will', bytes);
  }

  #other(session: RealmSession, request: OwnRequest, now: Millis): void {
    const { performer } = this.#parts;
    switch (request.ask) {
      case 'stay':
        return;
      case 'bequeath':
        return this.#bequeath(session, request.will, now);
      case 'pong':
        return performer.perform(session.realm, { do: 'tell', to: [session.connection], news: { news: 'pong' } }, now);
      case 'nothing':
        return performer.perform(session.realm, { do: 'ignore', why: request.why }, now);
      case 'unreadable':
        return performer.perform(session.realm, session.realm.malformed(session, now), now);
      default:
        return impossible(request);
    }
  }
}

function asksForUseCase(useCases: FrameUseCases, request: FrameRequest): request is UseCaseRequest {
  return request.ask in useCases;
}
