import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './server-kinds.ts';

/** A wire between two hosts that can be slow, deaf and cut. Near is who connects, far is whom it connects to. */
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

  /** Cuts what goes through it now, on both sides, without a word. New connections go through. */
  cut(): void {
    for (const { near, far } of this.#pairs) {
      near.resetAndDestroy();
      far.resetAndDestroy();
    }
  }

  /** Cuts what goes through it, and lets nothing new through, until `unblocks`. */
  block(): void {
    this.#isBlocked = true;
    this.cut();
  }

  unblock(): void {
    this.#isBlocked = false;
  }

  /** Cuts it on the near side only, as a phone does that changes its network: the far side does not notice. */
  cutNearSide(): void {
    for (const pair of this.#pairs) {
      pair.isHalfOpen = true;
      pair.near.resetAndDestroy();
    }
  }

  /** From now on, what is said takes so long each way, in ms. What is under way keeps its time. */
  setDelay(delay: number): void {
    this.#delay = delay;
  }

  /**
   * Half-open: of the connections that there are, nothing more that `side` says arrives, and neither side is told. New ones go
   * through, unless they are blocked.
   */
  dropFrom(side: 'near' | 'far' | 'both'): void {
    for (const pair of this.#pairs) {
      if (side !== 'far') pair.drops.near = true;
      if (side !== 'near') pair.drops.far = true;
      if (side === 'both') pair.isHalfOpen = true;
    }
  }

  /** Lets nothing new through; what there is stays. */
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
  /** One side is gone, or deaf, and the other is not to know. */
  isHalfOpen: boolean;
  readonly drops: Record<Side, boolean>;
}
