import type { Server as NodeServer } from 'node:http';
import { Server, type Socket as LibrarySocket } from 'socket.io';
import type { TemplatedApp } from 'uWebSockets.js';
import type { HttpRequest } from '../../../application/ports/http.ts';
import type { Admission, Gateway } from '../../../application/ports/transport.ts';
import { addressText } from '../shared/addresses.ts';
import type { Companion } from '../shared/companion.ts';
import { Reports, type Desk } from '../shared/reports.ts';
import { splitTarget } from '../shared/requests.ts';
import type { ConnectionLimits } from '../shared/settings.ts';
import { SocketIoSocket, type SocketIoHome } from './socket.ts';

export interface SocketIoSettings extends ConnectionLimits {
  /** Without a slash at its end. */
  readonly path: string;
  readonly prefixes: readonly string[];
  /** Pages that may use it: all, told their own name; all, told `*`; or those listed. */
  readonly origins: true | '*' | readonly (string | RegExp)[];
}

/** A handshake of the library, of either server. */
interface Handshake {
  readonly url?: string | undefined;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly connection?: { readonly remoteAddress?: string | undefined };
}

/** Brings the sockets of Socket.IO, over whichever transport listens. */
export class SocketIoCompanion implements Companion {
  readonly #settings: SocketIoSettings;
  readonly #io: Server;
  /** How each handshake was let in, until its socket is open. */
  readonly #admissions = new WeakMap<object, Admission>();
  readonly #open = new Set<SocketIoSocket>();
  #gateway: Gateway | undefined;
  #isAccepting = true;

  constructor(settings: SocketIoSettings) {
    this.#settings = settings;
    const { path, maxFrameBytes, origins } = settings;
    this.#io = new Server({
      path: `${path}/`,
      serveClient: false,
      maxHttpBufferSize: maxFrameBytes,
      destroyUpgrade: false,
      cors: { origin: origins === true || origins === '*' ? origins : [...origins], credentials: origins !== '*' },
      allowRequest: (request, answer) => answer(null, this.#admit(request)),
    });
    this.#io.on('connection', (socket) => this.#opened(socket));
  }

  owns(path: string): boolean {
    return path === this.#settings.path || path.startsWith(`${this.#settings.path}/`);
  }

  attachToNode(server: NodeServer, gateway: Gateway): void {
    this.#gateway = gateway;
    this.#io.attach(server);
    this.#watch();
  }

  attachToUws(app: TemplatedApp, gateway: Gateway): void {
    this.#gateway = gateway;
    this.#io.attachApp(app);
    this.#watch();
  }

  refuseNew(): void {
    this.#isAccepting = false;
  }

  /** The library would close the server, too: that is the transport's to do. */
  async stop(): Promise<void> {
    this.refuseNew();
    for (const socket of this.#open) socket.close();
    this.#io.engine.close();
    await new Promise((resolve) => setImmediate(resolve));
  }

  /** O10, and the bounds on connections: the same as for every socket. */
  #admit(handshake: Handshake): boolean {
    const answer = this.#isAccepting ? this.#gateway?.upgrade(requestOf(handshake)) : undefined;
    if (answer?.accept !== true) return false;
    this.#admissions.set(handshake, answer);
    return true;
  }

  /** Who was let in and never becomes a socket is counted no more. */
  #watch(): void {
    this.#io.engine.on('connection', (line: { readonly request: Handshake; once(event: 'close', then: () => void): void }) => {
      line.once('close', () => {
        const admission = this.#admissions.get(line.request);
        if (admission !== undefined) this.#gateway?.abandoned(admission);
      });
    });
  }

  #opened(socket: LibrarySocket): void {
    const admission = this.#admissionOf(socket);
    const gateway = this.#gateway;
    if (admission === undefined || gateway === undefined) return void socket.disconnect(true);
    const { limits, home, desk } = this.#parts(gateway);
    const reports = new Reports({ ...desk, room: limits.sendBufferBytes }, admission);
    const one = new SocketIoSocket(socket, reports, home);
    this.#open.add(one);
    socket.conn.on('drain', () => one.drained());
    socket.onAny((event: unknown, ...given: unknown[]) => one.heard(event, given));
    socket.on('disconnect', () => {
      this.#open.delete(one);
      one.ended();
    });
    reports.opened(one);
  }

  /** One line may carry a second socket after its first: it is let in, or not, as any other. */
  #admissionOf({ request }: LibrarySocket): Admission | undefined {
    const admission = this.#admissions.get(request);
    this.#admissions.delete(request);
    if (admission !== undefined) return admission;
    const answer = this.#gateway?.upgrade(requestOf(request));
    return answer?.accept === true ? answer : undefined;
  }

  #parts(gateway: Gateway): { limits: ConnectionLimits; home: SocketIoHome; desk: Desk } {
    const limits = this.#settings;
    const prefixes = [...limits.prefixes].sort((one, other) => other.length - one.length);
    const later = queueMicrotask;
    return { limits, home: { limits, later, prefixes }, desk: { gateway, later, room: limits.sendBufferBytes } };
  }
}

function requestOf({ url = '/', headers, connection }: Handshake): HttpRequest {
  return {
    method: 'GET',
    ...splitTarget(url),
    remoteAddress: addressText(connection?.remoteAddress),
    header: (name) => {
      const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
      return Array.isArray(value) ? value.join(', ') : value;
    },
  };
}
