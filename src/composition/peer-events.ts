import type { Broker } from '../application/broker.ts';
import type { Log, LogEvent } from '../application/ports/log.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { FrameRequest } from '../application/ports/requests.ts';
import type { MessageKind } from '../domain/message.ts';
import type { Session } from '../domain/session.ts';
import { ConnectedPeer } from './connected-peer.ts';

/** A message as the embedding program sees it: the sender's JSON, with the sender's true id. */
export interface PeerMessage {
  readonly type: 'OFFER' | 'ANSWER' | 'CANDIDATE' | 'LEAVE' | 'EXPIRE' | 'HEARTBEAT';
  readonly src: string;
  readonly dst?: string;
  readonly payload?: unknown;
}

/** Why a peer is gone: by its own word or loss, or what the broker closed it for. */
export type DisconnectReason = Extract<LogEvent, { event: 'peer-closed' }>['ending'];

/** What an embedding program can listen to. */
export interface PeerListener {
  connected(peer: ConnectedPeer): void;
  sent(peer: ConnectedPeer, message: PeerMessage): void;
  disconnected(peer: ConnectedPeer, reason: DisconnectReason): void;
  failed(error: Error): void;
  /** Whether anybody wants to be told: to make a peer, or to read every message, for nobody would cost. */
  isListening(what: 'connected' | 'sent' | 'disconnected'): boolean;
}

const TYPES: Record<MessageKind, Exclude<PeerMessage['type'], 'HEARTBEAT'>> = {
  offer: 'OFFER',
  answer: 'ANSWER',
  candidate: 'CANDIDATE',
  leave: 'LEAVE',
  expire: 'EXPIRE',
};

/** Turns what the broker records into events for an embedding program, and passes the records on. */
export class PeerEvents implements Log, MessageTap {
  readonly #log: Log;
  readonly #listener: PeerListener;
  readonly #peers = new WeakMap<Session, ConnectedPeer>();
  #broker: Broker | undefined = undefined;

  constructor(log: Log, listener: PeerListener) {
    this.#log = log;
    this.#listener = listener;
  }

  /** The broker is built around this object, so it comes later. */
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

  /** The library's events are of what peers say. */
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

  /** A listener that throws is its program's bug; it must not cost a peer its connection. */
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

/** Undefined for what had no effect. */
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
