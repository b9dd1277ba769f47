import { randomInt } from 'node:crypto';
import type { Server } from '../../support/e2e/server.ts';
import { elapsed } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';

const RETRY_MS = 50;

interface SentMessage {
  readonly to: string;
  readonly n: number;
}

/**
 * A peer that reconnects with its token to a random broker whenever its socket closes. After each group of messages the peer
 * sends an echo to itself. The echo acknowledges all earlier messages of the same socket, because the broker has read them.
 */
export class ReconnectingPeer {
  readonly id = uniqueName('peer');
  /** Received message numbers by sender, in order. */
  readonly received = new Map<string, number[]>();
  readonly acknowledged: SentMessage[] = [];
  /** Addressees of received EXPIRE and LEAVE notices. */
  readonly unreached: string[] = [];
  readonly #token = uniqueName('token');
  readonly #servers: () => readonly Server[];
  #socket: PeerSocket | undefined;
  #inFlight: SentMessage[] = [];
  #count = 0;
  #isStopped = false;

  /** @param servers returns the servers to try. */
  constructor(servers: () => readonly Server[]) {
    this.#servers = servers;
  }

  /** Resolves after the first connect; later reconnects are automatic. */
  async connect(): Promise<void> {
    const socket = await this.#openSocket();
    if (socket !== undefined) void this.#receiveUntilStopped(socket);
  }

  send(to: string, times: number): void {
    const socket = this.#socket;
    if (socket?.isOpen !== true) return;
    for (let time = 0; time < times; time++) {
      const message = { to, n: this.#count++ };
      this.#inFlight.push(message);
      socket.sendOffer(to, message.n);
    }
    socket.sendOffer(this.id, { echo: this.#count - 1 });
  }

  stop(): void {
    this.#isStopped = true;
    this.#socket?.cut();
  }

  async #receiveUntilStopped(first: PeerSocket): Promise<void> {
    for (let socket: PeerSocket | undefined = first; socket !== undefined; socket = await this.#openSocket()) {
      this.#socket = socket;
      for (;;) {
        const frame = await socket.receive().catch(() => undefined);
        if (frame === undefined && !socket.isOpen) break;
        if (frame !== undefined) this.#receive(frame);
      }
      // Messages in flight on a closed socket may have been read or not.
      this.#inFlight = [];
    }
  }

  #receive({ type, src, payload }: Readonly<Record<string, unknown>>): void {
    if (type === 'EXPIRE' || type === 'LEAVE') this.unreached.push(String(src));
    if (type !== 'OFFER') return;
    if (src !== this.id) {
      const all = this.received.get(String(src)) ?? [];
      this.received.set(String(src), all);
      all.push(Number(payload));
      return;
    }
    const { echo } = payload as { echo: number };
    this.acknowledged.push(...this.#inFlight.filter(({ n }) => n <= echo));
    this.#inFlight = this.#inFlight.filter(({ n }) => n > echo);
  }

  async #openSocket(): Promise<PeerSocket | undefined> {
    while (!this.#isStopped) {
      const servers = this.#servers();
      const server = servers[randomInt(Math.max(1, servers.length))];
      const socket = await server?.connect({ id: this.id, token: this.#token }).catch(() => undefined);
      const first = await socket?.receive().catch(() => undefined);
      if (socket !== undefined && first?.['type'] === 'OPEN') return socket;
      socket?.cut();
      await elapsed(RETRY_MS);
    }
    return undefined;
  }
}
