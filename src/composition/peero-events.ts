import type { Broker } from '../application/broker.ts';
import type { Log, LogEvent } from '../application/ports/log.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { FrameRequest } from '../application/ports/requests.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Session } from '../domain/session.ts';
import { ConnectedPeer } from './connected-peer.ts';

/** The events of a mesh, with their names in Peero. */
export interface PeeroListener {
  connection(socket: ConnectedPeer): void;
  message(socket: ConnectedPeer, message: unknown): void;
  offer(socket: ConnectedPeer, signal: unknown): void;
  answer(socket: ConnectedPeer, peerId: string, signal: unknown): void;
  announce(socket: ConnectedPeer): void;
  peers(socket: ConnectedPeer, peers: readonly string[]): void;
  remove(peerId: string): void;
  error(error: Error, socket: ConnectedPeer | undefined): void;
}

/** A frame that the dialect has encoded. */
interface PeeroFrame {
  readonly type: string;
  readonly peer?: string;
  readonly peers?: readonly string[];
  readonly signal?: unknown;
  readonly message?: string;
}

/** Emits the events of Peero from log events and frames, and forwards the log events. */
export class PeeroEvents implements Log, MessageTap {
  readonly isEnabled = true;
  readonly #log: Log;
  readonly #listener: PeeroListener;
  readonly #sockets = new Map<ConnectionId, ConnectedPeer>();
  #broker: Broker | undefined = undefined;

  constructor(log: Log, listener: PeeroListener) {
    this.#log = log;
    this.#listener = listener;
  }

  /** Called after the broker was built, because the broker is built with this object as its log. */
  attachBroker(broker: Broker): void {
    this.#broker = broker;
  }

  received({ connection }: Session, request: FrameRequest): void {
    const socket = this.#sockets.get(connection);
    if (socket === undefined || request.action !== 'publish') return;
    const signal: unknown = JSON.parse(Buffer.from(request.draft.payload).toString());
    this.#guard(() => this.#listener.offer(socket, signal));
  }

  sent(connection: ConnectionId, text: Uint8Array): void {
    const socket = this.#sockets.get(connection);
    if (socket === undefined) return;
    const frame = JSON.parse(Buffer.from(text).toString()) as PeeroFrame;
    this.#guard(() => {
      this.#emitFrame(socket, frame);
      this.#listener.message(socket, frame);
    });
  }

  record(event: LogEvent): void {
    this.#log.record(event);
    switch (event.event) {
      case 'peer-opened':
        return this.#opened(event.session);
      case 'peer-closed':
        return this.#closed(event.session);
      case 'fault': {
        const error = event.error instanceof Error ? event.error : new Error(String(event.error));
        const socket = event.connection === undefined ? undefined : this.#sockets.get(event.connection);
        return this.#guard(() => this.#listener.error(error, socket));
      }
      default:
        return;
    }
  }

  #opened(session: Session): void {
    const socket = new ConnectedPeer(session, () => this.#broker);
    this.#sockets.set(session.connection, socket);
    this.#guard(() => this.#listener.connection(socket));
  }

  #closed({ connection, id }: Session): void {
    if (this.#sockets.delete(connection)) this.#guard(() => this.#listener.remove(id));
  }

  #emitFrame(socket: ConnectedPeer, { type, peer = '', peers = [], signal, message }: PeeroFrame): void {
    if (type === 'answer') this.#listener.answer(socket, peer, signal);
    if (type === 'error') this.#listener.error(new Error(`${peer}: ${message ?? ''}`), socket);
    if (type !== 'peers') return;
    // The list of peers is sent after the other peers were notified of the new one.
    this.#listener.announce(socket);
    this.#listener.peers(socket, peers);
  }

  /** Logs an exception of a listener, because it must not close the connection of a peer. */
  #guard(notify: () => void): void {
    try {
      notify();
    } catch (error) {
      this.#log.record({ event: 'fault', error, connection: undefined });
    }
  }
}
