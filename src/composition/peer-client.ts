import type { ConnectedPeer } from './connected-peer.ts';

/** What `peer` calls a client: the same peer, by the names of its API. */
export class PeerClient {
  readonly #peer: ConnectedPeer;

  constructor(peer: ConnectedPeer) {
    this.#peer = peer;
  }

  getId(): string {
    return this.#peer.id;
  }

  getToken(): string {
    return this.#peer.token;
  }

  /** What is needed of a socket: a way to send text and to close it; null when the peer is gone. */
  getSocket(): PeerSocket | null {
    const peer = this.#peer;
    if (!peer.isOpen) return null;
    return {
      send: (text) => void peer.sendText(text),
      close: (code, reason) => peer.close(code, reason),
    };
  }

  /** When the peer was last heard, in milliseconds since 1970. */
  getLastPing(): number {
    return Date.now() - this.#peer.silentFor();
  }

  send(message: unknown): void {
    this.#peer.send(message);
  }
}

/** The part of a WebSocket that programs reach for through `getSocket()`. */
export interface PeerSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
