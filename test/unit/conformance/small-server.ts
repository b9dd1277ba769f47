import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { profileOf, type Profile } from '../../../conformance/profile.ts';
import type { RunningServer, Servers } from '../../../conformance/server/servers.ts';
import type { Settings } from '../../../conformance/settings.ts';

/** Called for each frame before it is relayed; returns true if the frame was handled. */
export type FrameHook = (server: SmallServer, text: string, from: WebSocket) => boolean;

/** A minimal PeerJS server: registers ids, relays messages and frees ids. */
export class SmallServer {
  readonly #http: Server;
  readonly #peers = new Map<string, WebSocket>();
  readonly #sockets = new Set<Socket>();
  readonly #onFrame: FrameHook;
  ignoresFrames = false;
  isStopped = false;

  private constructor(whim: FrameHook) {
    this.#onFrame = whim;
    this.#http = createServer((request, response) => {
      response.setHeader('content-type', 'text/plain');
      response.end(`${request.method} ${request.url}`);
    });
    this.#http.on('connection', (socket) => this.#sockets.add(socket));
    new WebSocketServer({ server: this.#http, path: '/peerjs' }).on('connection', (socket, request) =>
      this.#accept(socket, request),
    );
  }

  static async start(whim: FrameHook = () => false): Promise<SmallServer> {
    const server = new SmallServer(whim);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    return server;
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get address() {
    return { host: '127.0.0.1', port: this.port, secure: false, trustsAnyCertificate: false };
  }

  profile(patience = 2_000, settings: Settings = {}): Profile {
    return profileOf(this.address, settings, patience);
  }

  /** Closes all connections and refuses new ones, like a process that exits. */
  stop(): void {
    this.isStopped = true;
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(socket: WebSocket, { url = '' }: IncomingMessage): void {
    const { id = '', token = '' } = Object.fromEntries(new URL(url, 'http://here').searchParams);
    if (id === '' || token === '' || this.#peers.has(id)) {
      socket.send('{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}');
      return socket.close(1008, 'taken');
    }
    this.#peers.set(id, socket);
    socket.on('close', () => this.#peers.delete(id));
    // An invalid frame; `close` follows.
    socket.on('error', () => socket.terminate());
    socket.on('message', (bytes: Buffer) => this.#handleFrame(bytes.toString('utf8'), id, socket));
    socket.send('{"type":"OPEN"}');
  }

  #handleFrame(text: string, src: string, socket: WebSocket): void {
    if (this.ignoresFrames || this.#onFrame(this, text, socket)) return;
    const { type, dst, payload } = JSON.parse(text) as { type: string; dst: string; payload: unknown };
    if (type !== 'HEARTBEAT') this.#peers.get(dst)?.send(JSON.stringify({ type, src, dst, payload }));
  }
}

/** Starts minimal servers like a command would. */
export function smallServers({
  whim,
  canStartAgain: canRestart = true,
}: { whim?: FrameHook; canStartAgain?: boolean } = {}): Servers & {
  readonly started: SmallServer[];
} {
  const started: SmallServer[] = [];
  return {
    name: 'small',
    started,
    resolve: (setup) => (setup.requires.length === 0 ? { settings: {} } : { missing: 'it is too small' }),
    processKey: () => 'one',
    start: async (): Promise<RunningServer> => {
      const server = await SmallServer.start(whim);
      started.push(server);
      return {
        profile: server.profile(1_000),
        canRestart,
        exitReason: () => (canRestart && server.isStopped ? 'its process ended' : undefined),
        stop: async () => server.stop(),
      };
    },
  };
}
