import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { LOOPBACK } from './server-kinds.ts';

/** A wire between two hosts that can be cut. */
export class TcpProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isBlocked = false;

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

  /** Cuts it on this side only, as a phone does that changes its network: the far side does not notice. */
  cutUnnoticed(): void {
    for (const pair of this.#pairs) {
      pair.isForgotten = true;
      pair.near.resetAndDestroy();
    }
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket, far: Socket): void {
    const pair: Pair = { near, far, isForgotten: false };
    this.#pairs.add(pair);
    near.on('data', (bytes) => far.write(bytes));
    far.on('data', (bytes) => near.write(bytes));
    const end = () => {
      if (pair.isForgotten && !far.destroyed) return;
      this.#pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of [near, far]) socket.on('close', end).on('error', end);
  }
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** The near side is gone, and the far side is not to know. */
  isForgotten: boolean;
}
