import { randomInt } from 'node:crypto';
import type { Server } from '../../support/e2e/server.ts';
import { elapsed } from '../../support/e2e/until.ts';
import { fresh } from '../../support/e2e/visit.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';

const RETRY_MS = 50;

interface Letter {
  readonly to: string;
  readonly n: number;
}

/**
 * A peer that comes back with its token to whatever broker takes it, as often as it is sent away. What it sends is
 * acknowledged when an echo to itself, sent right behind, has come back on the same socket: all before it was read.
 */
export class RestlessPeer {
  readonly id = fresh('peer');
  /** By sender, what was heard of it, in order. */
  readonly heard = new Map<string, number[]>();
  readonly acknowledged: Letter[] = [];
  /** Peers that could not be reached, as it was told. */
  readonly unreached: string[] = [];
  readonly #token = fresh('token');
  readonly #servers: () => readonly Server[];
  #socket: PeerSocket | undefined;
  #underWay: Letter[] = [];
  #count = 0;
  #isOver = false;

  /** @param servers those that may be tried. */
  constructor(servers: () => readonly Server[]) {
    this.#servers = servers;
  }

  /** Resolves when it is in for the first time; it goes on by itself. */
  async comes(): Promise<void> {
    const socket = await this.#connects();
    if (socket !== undefined) void this.#lives(socket);
  }

  sends(to: string, times: number): void {
    const socket = this.#socket;
    if (socket?.isOpen !== true) return;
    for (let time = 0; time < times; time++) {
      const letter = { to, n: this.#count++ };
      this.#underWay.push(letter);
      socket.offers(to, letter.n);
    }
    socket.offers(this.id, { echo: this.#count - 1 });
  }

  goes(): void {
    this.#isOver = true;
    this.#socket?.cut();
  }

  async #lives(first: PeerSocket): Promise<void> {
    for (let socket: PeerSocket | undefined = first; socket !== undefined; socket = await this.#connects()) {
      this.#socket = socket;
      for (;;) {
        const frame = await socket.hears().catch(() => undefined);
        if (frame === undefined && !socket.isOpen) break;
        if (frame !== undefined) this.#hears(frame);
      }
      // Of what was under way nobody knows whether it was read.
      this.#underWay = [];
    }
  }

  #hears({ type, src, payload }: Readonly<Record<string, unknown>>): void {
    if (type === 'EXPIRE' || type === 'LEAVE') this.unreached.push(String(src));
    if (type !== 'OFFER') return;
    if (src !== this.id) {
      const all = this.heard.get(String(src)) ?? [];
      this.heard.set(String(src), all);
      all.push(Number(payload));
      return;
    }
    const { echo } = payload as { echo: number };
    this.acknowledged.push(...this.#underWay.filter(({ n }) => n <= echo));
    this.#underWay = this.#underWay.filter(({ n }) => n > echo);
  }

  async #connects(): Promise<PeerSocket | undefined> {
    while (!this.#isOver) {
      const servers = this.#servers();
      const server = servers[randomInt(Math.max(1, servers.length))];
      const socket = await server?.opens({ id: this.id, token: this.#token }).catch(() => undefined);
      const first = await socket?.hears().catch(() => undefined);
      if (socket !== undefined && first?.['type'] === 'OPEN') return socket;
      socket?.cut();
      await elapsed(RETRY_MS);
    }
    return undefined;
  }
}
