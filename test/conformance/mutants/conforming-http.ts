import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Settings } from '../../../conformance/settings.ts';

export interface HttpRequest {
  readonly method: string;
  /** The path as sent, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The address of the TCP connection. */
  readonly address: string;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const NOT_FOUND: Reply = { status: 404, body: 'Not found' };
const METHODS = 'GET,HEAD';
const DEFAULT_KEY = 'peerjs';
const JSON_TYPE = { 'content-type': 'application/json' };

/** HTTP according to the rules H1 to H10. A mutant overrides one or more of these methods. */
export abstract class ConformingHttp {
  readonly settings: Settings;
  readonly #windows = new Map<string, { count: number; readonly endsAt: number }>();

  constructor(settings: Settings) {
    this.settings = settings;
  }

  get keys(): readonly string[] {
    return this.settings.key ?? [DEFAULT_KEY];
  }

  /** With a leading and a trailing slash; `/` for the root. */
  get path(): string {
    return `/${this.settings.path ?? ''}/`.replaceAll(/\/+/g, '/');
  }

  reply(request: HttpRequest): Reply {
    const { headers, ...reply } = this.isRateLimited(this.addressOf(request)) ? this.rateLimited() : this.route(request);
    return { ...reply, headers: { ...this.corsHeaders(request.headers.origin), ...headers } };
  }

  route(request: HttpRequest): Reply {
    if (request.method === 'OPTIONS') return this.preflight(request);
    if (request.path === `${this.path}peerjs`) return this.upgradeMissing();
    const page = this.pageAt(request.path);
    if (page === undefined) return this.notFound();
    if (request.method !== 'GET' && request.method !== 'HEAD') return { status: 405, headers: { allow: METHODS } };
    return page();
  }

  /** H16 */
  upgradeMissing(): Reply {
    return { status: 426, headers: { upgrade: 'websocket' }, body: 'this path serves WebSockets' };
  }

  notFound(): Reply {
    return NOT_FOUND;
  }

  preflight({ headers }: HttpRequest): Reply {
    const wanted = headers['access-control-request-headers'];
    const allowed = typeof wanted === 'string' ? { 'access-control-allow-headers': wanted } : {};
    return { status: 204, headers: { 'access-control-allow-methods': METHODS, ...allowed } };
  }

  /** The response of a route, for any method. */
  pageAt(path: string): (() => Reply) | undefined {
    if (`${path}/` === this.path || path === this.path) return () => this.description();
    if (!path.startsWith(this.path)) return undefined;
    const [key, page, ...more] = path.slice(this.path.length).replace(/\/$/, '').split('/').map(decoded);
    if (more.length > 0 || key === undefined) return undefined;
    if (page === 'id') return () => this.idFor(key);
    return page === 'peers' ? () => this.peersOf(key) : undefined;
  }

  description(): Reply {
    const body = JSON.stringify({
      name: 'Honest',
      description: 'a server that conforms to the rules',
      website: 'https://peerjs.com/',
    });
    return { status: 200, headers: JSON_TYPE, body };
  }

  idFor(_key: string): Reply {
    return { status: 200, headers: { 'content-type': 'text/html' }, body: this.newId() };
  }

  newId(): string {
    return randomUUID();
  }

  peersOf(key: string): Reply {
    if (!this.isKnownKey(key) || !this.listsPeers()) return this.unknownKey();
    return { status: 200, headers: JSON_TYPE, body: JSON.stringify(this.idsIn(key)) };
  }

  listsPeers(): boolean {
    return this.settings.allow_discovery === true;
  }

  abstract idsIn(key: string): string[];

  isKnownKey(key: string): boolean {
    return this.keys.includes(key);
  }

  unknownKey(): Reply {
    return { status: 401, body: 'Invalid key provided' };
  }

  corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
    const { cors = [] } = this.settings;
    if (cors.includes('*')) return { 'access-control-allow-origin': '*' };
    const isWelcome = origin !== undefined && this.allowsOrigin(origin);
    return isWelcome ? { 'access-control-allow-origin': origin, vary: 'Origin' } : { vary: 'Origin' };
  }

  /** True if pages of that origin may read responses. */
  allowsOrigin(origin: string): boolean {
    const { cors = [] } = this.settings;
    return cors.length === 0 || cors.includes('*') || cors.includes(origin);
  }

  addressOf({ headers, address }: HttpRequest): string {
    if (this.settings.proxied !== true) return address;
    return (
      String(headers['x-forwarded-for'] ?? address)
        .split(/\s*,\s*/)
        .at(-1) ?? address
    );
  }

  isRateLimited(address: string): boolean {
    const { http_rate_limit: limit = Infinity, http_rate_window: span = 1_000 } = this.settings;
    const known = this.#windows.get(address);
    const window =
      known !== undefined && known.endsAt > performance.now() ? known : { count: 0, endsAt: performance.now() + span };
    this.#windows.set(address, window);
    return ++window.count > limit;
  }

  rateLimited(): Reply {
    return { status: 429, headers: { 'retry-after': '1' }, body: 'Too many requests' };
  }
}

/** Undefined for an invalid escape. */
function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
