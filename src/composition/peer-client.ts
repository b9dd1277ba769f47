import type { ConnectedPeer } from './connected-peer.ts';

/** A connected peer with the API of the clients of `peer`. */
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

  /** Sends text and closes the connection; null when the connection has ended. */
  getSocket(): PeerSocket | null {
    const peer = this.#peer;
    if (!peer.isOpen) return null;
    return {
      send: (text) => void peer.sendText(text),
      close: (code, reason) => peer.close(code, reason),
    };
  }

  /** The time of the peer's last frame, in milliseconds since 1970. */
  getLastPing(): number {
    return Date.now() - this.#peer.silentFor();
  }

  send(message: unknown): void {
    this.#peer.send(message);
  }
}

/** The part of a WebSocket that `getSocket()` offers. */
export interface PeerSocket {
  send(text: string): void;
  close(code?: number, reason?: string): void;
}
