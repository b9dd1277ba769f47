import type { Broker } from '../application/broker.ts';
import type { Log, LogEvent } from '../application/ports/log.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { FrameRequest } from '../application/ports/requests.ts';
import type { MessageKind } from '../domain/message.ts';
import type { Session } from '../domain/session.ts';
import { ConnectedPeer } from './connected-peer.ts';

/** A message for the embedding program: the sender's JSON, with the registered id of the sender as `src`. */
export interface PeerMessage {
  readonly type: 'OFFER' | 'ANSWER' | 'CANDIDATE' | 'LEAVE' | 'EXPIRE' | 'HEARTBEAT';
  readonly src: string;
  readonly dst?: string;
  readonly payload?: unknown;
}

/** The reason for the end of a connection: left, lost, or the reason for which the broker closed it. */
export type DisconnectReason = Extract<LogEvent, { event: 'peer-closed' }>['ending'];

/** The events for an embedding program. */
export interface PeerListener {
  connected(peer: ConnectedPeer): void;
  sent(peer: ConnectedPeer, message: PeerMessage): void;
  disconnected(peer: ConnectedPeer, reason: DisconnectReason): void;
  failed(error: Error): void;
  /** Whether the event has a listener. Without one, no peer is created and no message is parsed. */
  isListening(what: 'connected' | 'sent' | 'disconnected'): boolean;
}

const TYPES: Record<MessageKind, Exclude<PeerMessage['type'], 'HEARTBEAT'>> = {
  offer: 'OFFER',
  answer: 'ANSWER',
  candidate: 'CANDIDATE',
  leave: 'LEAVE',
  expire: 'EXPIRE',
};

/** Emits events for an embedding program from the log events of the broker, and forwards the log events. */
export class PeerEvents implements Log, MessageTap {
  readonly #log: Log;
  readonly #listener: PeerListener;
  readonly #peers = new WeakMap<Session, ConnectedPeer>();
  #broker: Broker | undefined = undefined;

  constructor(log: Log, listener: PeerListener) {
    this.#log = log;
    this.#listener = listener;
  }

  /** Called after the broker was built, because the broker is built with this object as its log. */
  attachBroker(broker: Broker): void {
    this.#broker = broker;
  }

  get isEnabled(): boolean {
    return this.#listener.isListening('sent');
  }

  received(session: Session, request: FrameRequest): void {
    const message = messageOf(session, request);
    if (message !== undefined) this.#guard(() => this.#listener.sent(this.#peerOf(session), message));
  }

  /** Sent frames are no event of the library. */
  sent(): void {}

  record(event: LogEvent): void {
    this.#log.record(event);
    switch (event.event) {
      case 'peer-opened':
        if (this.#listener.isListening('connected')) this.#guard(() => this.#listener.connected(this.#peerOf(event.session)));
        return;
      case 'peer-closed':
        if (!this.#listener.isListening('disconnected')) return;
        return this.#guard(() => this.#listener.disconnected(this.#peerOf(event.session), event.ending));
      case 'fault':
        return this.#guard(() => this.#listener.failed(asError(event.error)));
      default:
        return;
    }
  }

  /** Logs an exception of a listener, because it must not close the connection of a peer. */
  #guard(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      this.#log.record({ event: 'fault', error, connection: undefined });
    }
  }

  #peerOf(session: Session): ConnectedPeer {
    const known = this.#peers.get(session);
    if (known !== undefined) return known;
    const peer = new ConnectedPeer(session, () => this.#broker);
    this.#peers.set(session, peer);
    return peer;
  }
}

/** Undefined for a request without an effect. */
function messageOf(session: Session, request: FrameRequest): PeerMessage | undefined {
  switch (request.action) {
    case 'heartbeat':
      return { type: 'HEARTBEAT', src: session.id };
    case 'leave':
      return { type: 'LEAVE', src: session.id };
    case 'relay':
      return {
        type: TYPES[request.kind],
        src: session.id,
        ...(request.to === undefined ? {} : { dst: request.to }),
        ...(request.payload === undefined
          ? {}
          : { payload: JSON.parse(Buffer.from(request.payload).toString('utf8')) as unknown }),
      };
    default:
      return undefined;
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
