import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AdminListener, AdminServices } from '../../../application/ports/admin-listener.ts';
import type { Log } from '../../../application/ports/log.ts';
import { apiRoutes, type Route } from './api.ts';
import { bind, placeOf, type AdminPlace } from './bind.ts';
import { ConnectionRoom } from './connection-room.ts';
import { DoctorRoutes, type DoctorSettings } from './doctor-routes.ts';
import { EventStream } from './event-stream.ts';
import { Guard, type GuardSettings } from './guard.ts';
import type { Role } from './login-sessions.ts';
import { traceTarget } from './parameters.ts';
import { notFound, Problem, problemResponse, type AdminResponse } from './problems.ts';
import { readBody } from './request-body.ts';
import { statusPage, type BuiltPage } from './status-page.ts';
import { matchRoute } from './match-route.ts';
import { Views } from './views.ts';

/** Where the listener is, and who may use it. */
export interface HttpAdminSettings extends GuardSettings {
  readonly place: AdminPlace;
  /** ADM14: undefined for a program that was not built. */
  readonly page?: BuiltPage | undefined;
  /** DOC6: undefined without the routes of the doctor. */
  readonly doctor?: DoctorSettings | undefined;
}

const MAX_STREAMS = 16;
const MAX_CONNECTIONS = 128;
const BOUNDS = { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 5_000, connectionsCheckingInterval: 1_000 };
const SOCKET_TIMEOUT_MS = 30_000;

const HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** ADM1: the admin listener, on `node:http` for every transport. */
export class HttpAdminListener implements AdminListener {
  readonly #settings: HttpAdminSettings;
  readonly #log: Log;
  readonly #streams = new Set<EventStream>();
  readonly #doctor: DoctorRoutes | undefined;
  #server: Server | undefined = undefined;

  constructor(settings: HttpAdminSettings, log: Log) {
    this.#settings = settings;
    this.#doctor = settings.doctor && new DoctorRoutes(settings.doctor);
    this.#log = log;
  }

  async listen(services: AdminServices): Promise<string> {
    const server = createServer(BOUNDS);
    server.timeout = SOCKET_TIMEOUT_MS;
    const room = new ConnectionRoom(server, MAX_CONNECTIONS);
    const doctor = this.#doctor;
    const requests = new AdminRequests(services, this.#settings, { streams: this.#streams, doctor, room }, this.#log);
    server.on('request', (request, response) => void requests.serve(request, response));
    if (doctor !== undefined) {
      server.on('upgrade', (request, socket, head) => {
        if (doctor.upgrade(request, socket, head, requests.isHostListed(request))) room.keep(request.socket);
      });
    }
    await bind(server, this.#settings.place);
    this.#server = server;
    return placeOf(server, this.#settings.place);
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    for (const stream of this.#streams) stream.end();
    this.#doctor?.end();
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  }
}

/** Connections that outlive their request. */
interface AdminConnections {
  readonly streams: Set<EventStream>;
  readonly doctor: DoctorRoutes | undefined;
  readonly room: ConnectionRoom;
}

/** Answers the requests of one listener. */
class AdminRequests {
  readonly #services: AdminServices;
  readonly #guard: Guard;
  readonly #page: BuiltPage | undefined;
  readonly #routes: readonly Route[];
  readonly #streams: Set<EventStream>;
  readonly #doctor: DoctorRoutes | undefined;
  readonly #room: ConnectionRoom;
  readonly #views: Views;
  readonly #log: Log;

  constructor(services: AdminServices, settings: HttpAdminSettings, { streams, doctor, room }: AdminConnections, log: Log) {
    this.#services = services;
    this.#guard = new Guard(settings, services.now);
    this.#page = settings.page;
    this.#routes = apiRoutes(services);
    this.#streams = streams;
    this.#doctor = doctor;
    this.#room = room;
    this.#views = new Views(services.now);
    this.#log = log;
  }

  /** ADM9, for an upgrade. */
  isHostListed(request: IncomingMessage): boolean {
    try {
      this.#guard.checkHost(request);
      return true;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  }

  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [path = '/', query = ''] = (request.url ?? '/').split('?', 2);
    try {
      const answer = await this.#answer(request, response, path, new URLSearchParams(query));
      if (answer !== undefined) send(response, answer);
    } catch (error) {
      if (!(error instanceof Problem)) this.#log.record({ event: 'fault', error, connection: undefined });
      const facts = error instanceof Problem ? error.facts : FAULT;
      if (DENIED.has(facts.status)) {
        this.#log.record({ event: 'admin-refused', address: addressOf(request), path: path.slice(0, 200), why: facts.code });
      }
      send(response, problemResponse(facts));
    }
  }

  /** @returns undefined for a stream, which answers itself. */
  async #answer(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<AdminResponse | undefined> {
    const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
    const probe = this.#services.probe(method, path);
    if (probe !== undefined) return { status: probe.status, headers: Object.fromEntries(probe.headers), body: probe.body };
    this.#guard.checkHost(request);
    const diagnosis = this.#doctor?.answer(request, response, path);
    if (diagnosis === 'streams') return void this.#room.keep(request.socket, response);
    if (diagnosis !== undefined) return diagnosis;
    if (method === 'GET' && path === '/') return this.#statusPage(request);
    if (method === 'POST' && path === '/login') return this.#login(request);
    if (method === 'POST' && path === '/logout') return redirect({ 'set-cookie': this.#guard.logout(request) });
    const role = this.#guard.roleOf(request);
    if (method === 'GET' && (path === '/api/events' || path === '/api/trace')) {
      // A response without a body has no end that a client could wait for.
      if (request.method === 'HEAD') return { status: 200, headers: EventStream.HEADERS, body: '' };
      this.#stream(request, response, path, query, role);
      return undefined;
    }
    const matched = matchRoute(this.#routes, method, path);
    if (method !== 'GET') this.#guard.checkAct(role, request);
    return matched.handler({ raw: request, query, segments: matched.segments, from: addressOf(request) });
  }

  /** ADM14. */
  #statusPage(request: IncomingMessage): Promise<AdminResponse> {
    const page = this.#page;
    if (page === undefined) throw notFound('There is no status page: run npm run build');
    const access = { role: this.#guard.knownRoleOf(request), hasLogin: this.#guard.asksForToken };
    return new Promise((resolve) => {
      this.#services.operations.overview((overview) => resolve(statusPage(page, access, overview)));
    });
  }

  /** ADM10: the token is a field of a form, or the whole body. */
  async #login(request: IncomingMessage): Promise<AdminResponse> {
    const body = await readBody(request);
    const token = new URLSearchParams(body).get('token') ?? body;
    return redirect({ 'set-cookie': this.#guard.login(token, request) });
  }

  #stream(request: IncomingMessage, response: ServerResponse, path: string, query: URLSearchParams, role: Role): void {
    if (this.#streams.size >= MAX_STREAMS) throw TOO_MANY_STREAMS;
    let end: (() => void) | undefined = undefined;
    if (path === '/api/trace') {
      const target = traceTarget(query);
      const act = { reason: `by the ${role}`, from: addressOf(request) };
      end = this.#services.operations.trace(target, act, {
        line: (line) => stream.send('frame', this.#views.traceLine(line)),
        dropped: (lines) => stream.send('dropped', { lines }),
        missing: (nodes) => stream.send('missing', { nodes }),
      });
      if (end === undefined) throw TOO_MANY_STREAMS;
    } else end = this.#services.onSecond(() => this.#sendSecond(stream));
    const stream: EventStream = new EventStream(response, HEADERS, () => {
      end?.();
      this.#streams.delete(stream);
    });
    this.#streams.add(stream);
    this.#room.keep(request.socket, response);
  }

  #sendSecond(stream: EventStream): void {
    this.#services.operations.overview(({ nodes, missing }) => {
      for (const node of nodes) stream.send('second', { node: node.node, ...this.#views.second(node) });
      if (missing.length > 0) stream.send('missing', { nodes: missing });
    });
  }
}

function send(response: ServerResponse, { status, headers, body }: AdminResponse): void {
  if (response.headersSent || response.destroyed) return void response.end();
  // The rest of a refused body must not be read as the next request.
  if (status >= 400) response.shouldKeepAlive = false;
  response.writeHead(status, { ...HEADERS, ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}

function redirect(headers: Readonly<Record<string, string>>): AdminResponse {
  return { status: 303, headers: { location: '/', ...headers }, body: '' };
}

function addressOf({ socket }: IncomingMessage): string {
  return socket.remoteAddress ?? 'socket';
}

const FAULT = { status: 500, code: 'fault', detail: 'Internal error: see the log of the broker' };
/** Statuses that are logged: requests that are not allowed. */
const DENIED: ReadonlySet<number> = new Set([401, 403, 421, 429]);
const TOO_MANY_STREAMS = new Problem({
  status: 503,
  code: 'too-many-streams',
  detail: 'Too many event streams are open: close one',
});
