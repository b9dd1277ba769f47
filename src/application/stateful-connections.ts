import type { ConnectionId } from '../domain/ids.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Ending } from '../domain/refusal.ts';
import type { SessionTraits } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { PendingRequests } from './pending-requests.ts';
import type { Performer } from './performer.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { Conversation } from './ports/dialect.ts';
import type { ConversationRequest, FrameRequest, Introduction, Newcomer } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Turns } from './turns.ts';
import { UnfinishedFrames } from './unfinished-frames.ts';
import type { RegisterPeer } from './use-cases/register-peer.ts';

export interface StatefulConnectionsParts {
  readonly connections: Connections;
  readonly dispatcher: Dispatcher;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly registerPeer: RegisterPeer;
  /** M18. */
  readonly maxMessageBytes: number;
}

/** One frame of a client. The bytes are borrowed. @param size M22: see `Gateway.frame`. */
export interface ReceivedFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
  readonly size: number;
}

/** W3: how long a client may take to introduce itself, and how many bytes it may send meanwhile. */
const INTRODUCTION_TIMEOUT: Millis = 10_000;
const INTRODUCTION_BYTES = 64 * 1024;

/** W3: added to the size of each frame, so that a client can't send empty frames until the timeout. */
const FRAME_COST_BYTES = 64;

/** M23: units of `Socket.spend` to read a request, beside its bytes, and to keep the state of the connection. */
const UNITS_PER_REQUEST = 4;

/** A client that has not introduced itself. */
interface WaitingNewcomer {
  readonly newcomer: Newcomer;
  readonly traits: SessionTraits;
  readonly timeout: Wakeup;
  bytes: number;
}

/** W1 to W3: the connections of stateful dialects. Each one has a conversation, which reads its frames. */
export class StatefulConnections {
  readonly #parts: StatefulConnectionsParts;
  readonly #pending: PendingRequests;
  readonly #newcomers = new Map<ConnectionId, WaitingNewcomer>();
  readonly #unfinished = new UnfinishedFrames();

  constructor(parts: StatefulConnectionsParts, pending: PendingRequests) {
    this.#parts = parts;
    this.#pending = pending;
  }

  /** W3: the connection is closed if the client does not introduce itself in time. */
  awaitIntroduction(id: ConnectionId, newcomer: Newcomer, traits: SessionTraits): void {
    const { clock, turns } = this.#parts;
    const timeout = clock.wakeAt(clock.now() + INTRODUCTION_TIMEOUT, () => turns.run(() => this.#close(id, 'silent')));
    this.#newcomers.set(id, { newcomer, traits, timeout, bytes: 0 });
    this.#parts.connections.sendPreamble(id);
  }

  ended(id: ConnectionId): void {
    this.#newcomers.get(id)?.timeout.cancel();
    this.#newcomers.delete(id);
    this.#unfinished.delete(id);
  }

  /** Must be called within a turn. */
  frame(id: ConnectionId, connection: Connection, conversation: Conversation, frame: ReceivedFrame, now: Millis): void {
    const { session } = connection;
    if (session === undefined) return this.#readIntroduction(id, connection, conversation, frame, now);
    if (session.state !== 'open' && session.state !== 'connecting') return this.#ignore();
    if (session.state === 'connecting' || this.#pending.mustWait(id, now)) {
      const copy = new Uint8Array(frame.bytes);
      const requests = conversation.read(copy, frame.isBinary).map(afterIntroduction);
      this.#spend(connection, requests);
      if (!this.#countRest(connection, conversation)) return this.#exceed(session, now);
      return this.#pending.keepRequests(session, { ...frame, bytes: copy }, requests, frame.size, now);
    }
    const requests = conversation.read(frame.bytes, frame.isBinary);
    this.#spend(connection, requests);
    if (!this.#countRest(connection, conversation)) return this.#exceed(session, now);
    if (this.#parts.dispatcher.admits(session, now, frame.size, requests.length)) {
      this.#handle(session, connection, conversation, { requests, frame }, now);
    }
  }

  /** M23: the next requests of a frame, whose first ones were handled in earlier turns. Must be called within a turn. */
  continueFrame(id: ConnectionId, now: Millis): void {
    const frame = this.#unfinished.find(id);
    const connection = this.#parts.connections.find(id);
    const conversation = connection?.conversation;
    const session = connection?.session;
    if (connection === undefined || session === undefined || conversation === undefined) return;
    if (frame === undefined || conversation.decode !== undefined) return this.#pending.continue(id);
    const { requests, size } = frame;
    if (session.state === 'open' && this.#pending.mustWait(id, now)) {
      this.#forget(id, connection, conversation);
      return this.#pending.keepAdmitted(session, frame, requests.slice(frame.next), now);
    }
    while (session.state === 'open' && frame.next < requests.length) {
      this.#parts.dispatcher.handle(session, requests[frame.next++] as FrameRequest, now, size);
      if (frame.next < requests.length && connection.socket.mayContinue?.() === false) return;
    }
    this.#forget(id, connection, conversation);
  }

  /** M23: the requests for which the turn has no time wait. */
  #handle(
    session: RealmSession,
    connection: Connection,
    conversation: Conversation,
    { requests, frame }: { readonly requests: readonly ConversationRequest[]; readonly frame: ReceivedFrame },
    now: Millis,
  ): void {
    for (let at = 0; at < requests.length;) {
      if (session.state !== 'open') return;
      this.#parts.dispatcher.handle(session, afterIntroduction(requests[at++] as ConversationRequest), now, frame.size);
      if (at < requests.length && connection.socket.mayContinue?.() === false) {
        this.#unfinished.keep(session.connection, requests.slice(at).map(afterIntroduction), frame);
        return this.#countUnfinished(session.connection, connection, conversation);
      }
    }
  }

  #forget(id: ConnectionId, connection: Connection, conversation: Conversation): void {
    this.#unfinished.delete(id);
    this.#countUnfinished(id, connection, conversation);
  }

  #countUnfinished(id: ConnectionId, { memory }: Connection, conversation: Conversation): void {
    memory?.set('rest', keptBytes(conversation) + this.#unfinished.bytesOf(id));
  }

  /** W3: reads frames until one introduces the client. The requests behind it wait until the connection is open. */
  #readIntroduction(
    id: ConnectionId,
    connection: Connection,
    conversation: Conversation,
    frame: ReceivedFrame,
    now: Millis,
  ): void {
    const waiting = this.#newcomers.get(id);
    if (waiting === undefined) return this.#ignore();
    const copy = { ...frame, bytes: new Uint8Array(frame.bytes) };
    const requests = conversation.read(copy.bytes, copy.isBinary);
    this.#spend(connection, requests);
    waiting.bytes += frame.size + FRAME_COST_BYTES;
    for (const [index, request] of requests.entries()) {
      if (request.action === 'reply') this.#parts.connections.reply(id, request.frame);
      else if (request.action === 'introduce') {
        const rest = requests.slice(index + 1).map(afterIntroduction);
        return this.#introduce(id, connection, conversation, { waiting, request, rest, frame: copy }, now);
      } else if (request.action !== 'heartbeat') return this.#close(id, 'malformed');
    }
    if (waiting.bytes > INTRODUCTION_BYTES || !this.#countRest(connection, conversation)) this.#close(id, 'flooding');
  }

  #introduce(
    id: ConnectionId,
    connection: Connection,
    conversation: Conversation,
    { waiting, request, rest, frame }: IntroducedClient,
    now: Millis,
  ): void {
    const { newcomer, traits } = waiting;
    this.ended(id);
    const { key = newcomer.key, token } = request.request;
    this.#parts.registerPeer(id, { ...request.request, key, token: token ?? newcomer.token }, traits);
    const { session } = connection;
    if (session !== undefined && !this.#countRest(connection, conversation)) return this.#exceed(session, now);
    if (session === undefined || rest.length === 0) return;
    if (session.state === 'connecting') return this.#pending.keepRequests(session, frame, rest, frame.size, now);
    if (this.#parts.dispatcher.admits(session, now, frame.size, rest.length)) {
      this.#handle(session, connection, conversation, { requests: rest, frame }, now);
    }
  }

  /** M23: a request of a conversation takes longer than a frame of a dialect without state. */
  #spend({ socket }: Connection, { length }: readonly ConversationRequest[]): void {
    if (length > 0) socket.spend?.(length * UNITS_PER_REQUEST);
  }

  /** W1. @returns whether the rest is within the limit of a message. */
  #countRest({ memory }: Connection, conversation: Conversation): boolean {
    memory?.set('rest', keptBytes(conversation));
    return conversation.restBytes <= this.#parts.maxMessageBytes;
  }

  #exceed(session: RealmSession, now: Millis): void {
    this.#parts.performer.perform(session.realm, session.realm.limitExceeded(session, 'flooding'), now);
  }

  #ignore(): void {
    this.#parts.telemetry.counter('messages_ignored_total', 'session-not-open').add();
  }

  /** Closes a connection without a session. */
  #close(id: ConnectionId, ending: Ending): void {
    const { connections } = this.#parts;
    this.ended(id);
    const connection = connections.find(id);
    if (connection !== undefined) connection.ending = ending;
    connections.close(id, (encoder) => encoder.closeFrame(ending));
  }
}

/** A client that has introduced itself, with the requests behind its introduction in the same frame. */
interface IntroducedClient {
  readonly waiting: WaitingNewcomer;
  readonly request: Introduction;
  readonly rest: readonly FrameRequest[];
  readonly frame: ReceivedFrame;
}

/** B1. */
function keptBytes({ restBytes, stateBytes = 0 }: Conversation): number {
  return restBytes + stateBytes;
}

/** A second introduction is an error that no client recovers from. */
function afterIntroduction(request: ConversationRequest): FrameRequest {
  return request.action === 'introduce' ? { action: 'malformed', isFatal: true } : request;
}
