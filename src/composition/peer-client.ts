import type { WebSocket } from 'ws';
import type { ConnectedPeer } from './connected-peer.ts';
import type { IClient } from './drop-in-types.ts';

/** A connected peer with the API of the clients of `peer`. */
export class PeerClient implements IClient {
  readonly #peer: ConnectedPeer;
  readonly #webSocketOf: (peer: ConnectedPeer) => WebSocket | undefined;

  constructor(peer: ConnectedPeer, webSocketOf: (peer: ConnectedPeer) => WebSocket | undefined) {
    this.#peer = peer;
    this.#webSocketOf = webSocketOf;
  }

  /** As `getId()`. */
  get id(): string {
    return this.#peer.id;
  }

  getId(): string {
    return this.#peer.id;
  }

  getToken(): string {
    return this.#peer.token;
  }

  getSocket(): WebSocket | null {
    return this.#peer.isOpen ? (this.#webSocketOf(this.#peer) ?? null) : null;
  }

  getLastPing(): number {
    return Date.now() - this.#peer.silentFor();
  }

  send(message: unknown): void {
    this.#peer.send(message);
  }
}
