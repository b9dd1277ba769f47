import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './server-kinds.ts';

/** A TCP proxy that can delay, drop and cut connections. Near is the client side, far is the server side. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isBlocked = false;
  #delay = 0;

  private constructor(server: Server) {
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  static async to(port: number): Promise<TcpProxy> {
    const server = createServer();
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    const proxy = new TcpProxy(server);
    server.on('connection', (near) => {
      if (proxy.#isBlocked) near.resetAndDestroy();
      else proxy.#join(near, connect(port, LOOPBACK));
    });
    return proxy;
  }

  /** Resets all open connections on both sides. New connections are accepted. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Resets all connections, and new ones too, until `unblock`. */
  block(): void {
    this.#isBlocked = true;
    this.cut();
  }

  unblock(): void {
    this.#isBlocked = false;
  }

  /** Resets the near side only, as when a phone changes its network: the far side stays open. */
  cutNearSide(): void {
    for (const pair of this.#pairs) {
      pair.isHalfOpen = true;
      pair.near.resetAndDestroy();
    }
  }

  /** Delays bytes in both directions, in ms. Bytes in flight keep their time. */
  setDelay(delay: number): void {
    this.#delay = delay;
  }

  /**
   * Makes all open connections half-open: bytes from `side` are dropped, and neither side is closed. New connections are
   * accepted, unless they are blocked.
   */
  dropFrom(side: 'near' | 'far' | 'both'): void {
    for (const pair of this.#pairs) {
      if (side !== 'far') pair.drops.near = true;
      if (side !== 'near') pair.drops.far = true;
      if (side === 'both') pair.isHalfOpen = true;
    }
  }

  /** Refuses new connections; open ones stay. */
  blockNew(): void {
    this.#isBlocked = true;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) pair.isHalfOpen = false;
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair: Pair = { near, far, isHalfOpen: false, drops: { near: false, far: false } };
    this.#pairs.add(pair);
    this.#forward(pair, 'near', 'far');
    this.#forward(pair, 'far', 'near');
    const end = () => {
      if (pair.isHalfOpen && !(near.destroyed && far.destroyed)) return;
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('close', end).on('error', end);
  }

  #forward(pair: Pair, from: Side, to: Side): void {
    const inFlight: { readonly bytes: Buffer; readonly due: number }[] = [];
    const arrive = (): void => {
      while (inFlight[0] !== undefined && inFlight[0].due <= Date.now()) pair[to].write(inFlight.shift()?.bytes ?? '');
    };
    pair[from].on('data', (bytes) => {
      if (pair.drops[from]) return;
      inFlight.push({ bytes, due: Math.max(inFlight.at(-1)?.due ?? 0, Date.now() + this.#delay) });
      if (this.#delay > 0) setTimeout(arrive, this.#delay + 1);
      arrive();
    });
  }
}

type Side = 'near' | 'far';

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** One side is closed or dropped, and the other stays open. */
  isHalfOpen: boolean;
  readonly drops: Record<Side, boolean>;
}
