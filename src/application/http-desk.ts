import { impossible } from '../domain/invariant.ts';
import { readableBy, type OriginPolicy } from '../domain/origins.ts';
import type { Visitors } from '../domain/visitors.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { HttpAsk, HttpOutcome } from './ports/requests.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { IssuePeerId } from './use-cases/issue-peer-id.ts';
import type { ListPeers } from './use-cases/list-peers.ts';

export interface HttpDeskParts {
  readonly dialects: readonly Dialect[];
  readonly visitors: Visitors;
  readonly origins: OriginPolicy;
  readonly addresses: ClientAddresses;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly issuePeerId: IssuePeerId;
  readonly listPeers: ListPeers;
  /** H11: characters of a request target. */
  readonly maxUrlBytes: number;
}

type Header = readonly [name: string, value: string];

const PLAIN: Header = ['content-type', 'text/plain; charset=utf-8'];
const READABLE_METHODS = 'GET,HEAD';

/** Answers HTTP requests: the rules that hold for every dialect, then the dialect that serves the path. */
export class HttpDesk {
  readonly #parts: HttpDeskParts;

  constructor(parts: HttpDeskParts) {
    this.#parts = parts;
  }

  answer(request: HttpRequest): HttpResponse {
    const response = this.#route(request);
    return { ...response, headers: [...response.headers, ...this.#corsHeaders(request)] };
  }

  #route(request: HttpRequest): HttpResponse {
    const { visitors, addresses, clock, telemetry, maxUrlBytes } = this.#parts;
    if (request.path.length + request.query.length > maxUrlBytes) {
      return { status: 414, headers: [PLAIN, ['connection', 'close']], body: 'URI Too Long' };
    }
    const wait = visitors.ask(addresses.of(request), clock.now());
    if (wait > 0) {
      telemetry.count('http-rate-limited');
      return { status: 429, headers: [PLAIN, ['retry-after', String(Math.ceil(wait / 1000))]], body: 'Too Many Requests' };
    }
    if (request.method === 'OPTIONS') return preflight(request);
    return this.#serve(request);
  }

  /** H1 to H4, H7, H8. */
  #serve(request: HttpRequest): HttpResponse {
    for (const dialect of this.#parts.dialects) {
      const route = dialect.routes(request.path);
      if (route === undefined) continue;
      if (route.methods.includes(request.method)) return dialect.answer(this.#outcomeOf(route.asks));
      return { status: 405, headers: [PLAIN, ['allow', [...route.methods, 'OPTIONS'].join(', ')]], body: 'Method Not Allowed' };
    }
    return { status: 404, headers: [PLAIN], body: 'Not Found' };
  }

  #outcomeOf(asked: HttpAsk): HttpOutcome {
    switch (asked.ask) {
      case 'describe':
        return { gave: 'description' };
      case 'issue-peer-id':
        return this.#parts.issuePeerId(asked.key);
      case 'list-peers':
        return this.#parts.listPeers(asked.key);
      default:
        return impossible(asked);
    }
  }

  /** H5, H6: on every answer, errors too, so that a page can read them. */
  #corsHeaders(request: HttpRequest): Header[] {
    const { origins } = this.#parts;
    if (origins.allow === 'silent') return [];
    const readable = readableBy(origins, request.header('origin'));
    const allowed: Header[] = readable === undefined ? [] : [['access-control-allow-origin', readable]];
    return origins.allow === 'any' ? allowed : [...allowed, ['vary', 'Origin']];
  }
}

/** H5. */
function preflight(request: HttpRequest): HttpResponse {
  const asked = request.header('access-control-request-headers');
  const headers: Header[] = [['access-control-allow-methods', READABLE_METHODS]];
  if (asked !== undefined && asked !== '') headers.push(['access-control-allow-headers', asked]);
  return { status: 204, headers, body: '' };
}
