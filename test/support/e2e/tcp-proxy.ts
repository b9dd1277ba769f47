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
  blocks(): void {
    this.#isBlocked = true;
    this.cut();
  }

  unblocks(): void {
    this.#isBlocked = false;
  }

  /** Cuts it on the near side only, as a phone does that changes its network: the far side does not notice. */
  cutUnnoticed(): void {
    for (const pair of this.#pairs) {
      pair.isForgotten = true;
      pair.near.resetAndDestroy();
    }
  }

  /** From now on, what is said takes so long each way, in ms. What is under way keeps its time. */
  delays(delay: number): void {
    this.#delay = delay;
  }

  /**
   * Half-open: of the connections that there are, nothing more that `side` says arrives, and neither side is told. New ones go
   * through, unless they are blocked.
   */
  swallows(side: 'near' | 'far' | 'both'): void {
    for (const pair of this.#pairs) {
      if (side !== 'far') pair.swallows.near = true;
      if (side !== 'near') pair.swallows.far = true;
      if (side === 'both') pair.isForgotten = true;
    }
  }

  /** Lets nothing new through; what there is stays. */
  blocksNew(): void {
    this.#isBlocked = true;
  }

  async stop(): Promise<void> {
    for (const pair of this.#pairs) pair.isForgotten = false;
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair: Pair = { near, far, isForgotten: false, swallows: { near: false, far: false } };
    this.#pairs.add(pair);
    this.#passes(pair, 'near', 'far');
    this.#passes(pair, 'far', 'near');
    const end = () => {
      if (pair.isForgotten && !(near.destroyed && far.destroyed)) return;
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('close', end).on('error', end);
  }

  #passes(pair: Pair, from: Side, to: Side): void {
    const underWay: { readonly bytes: Buffer; readonly due: number }[] = [];
    const arrive = (): void => {
      while (underWay[0] !== undefined && underWay[0].due <= Date.now()) pair[to].write(underWay.shift()?.bytes ?? '');
    };
    pair[from].on('data', (bytes) => {
      if (pair.swallows[from]) return;
      underWay.push({ bytes, due: Math.max(underWay.at(-1)?.due ?? 0, Date.now() + this.#delay) });
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
  isForgotten: boolean;
  readonly swallows: Record<Side, boolean>;
}
