import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** H1 to H11, X8: invalid HTTP behaviour. */
export const HTTP_MUTANTS: readonly Mutant[] = [
  {
    name: 'has no JSON description',
    fails: ['H1.describes'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override description(): Reply {
        return { status: 200, body: 'It works!' };
      }
    },
  },
  {
    name: 'generates the same id each time',
    fails: ['H2.no-id-twice'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override newId(): string {
        return '3f1f4b3e-0000-4000-8000-000000000000';
      }
    },
  },
  {
    name: 'wraps ids in JSON',
    fails: ['H2.gives-id', 'H2.any-query'],
    verdict: 'failed',
    also: ['H7'],
    Server: class extends ConformingServer {
      override newId(): string {
        return JSON.stringify({ id: super.newId() });
      }
    },
  },
  {
    name: 'generates no ids for an unknown key',
    fails: ['H2.unknown-key'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override idFor(key: string): Reply {
        return this.isKnownKey(key) ? super.idFor(key) : this.unknownKey();
      }
    },
  },
  {
    name: 'lists peers although discovery is disabled',
    fails: ['H3.nobody-is-listed'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override listsPeers(): boolean {
        return true;
      }
    },
  },
  {
    name: 'lists no peers',
    fails: ['H4.lists-peers', 'H4.left'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override idsIn(): string[] {
        return [];
      }
    },
  },
  {
    name: 'lists disconnected peers',
    fails: ['H4.left'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #all = new Set<string>();
      override sendOpen(...[peer]: Parameters<ConformingServer['sendOpen']>): void {
        this.#all.add(peer.id);
        super.sendOpen(peer);
      }
      override idsIn(key: string): string[] {
        return [...new Set([...super.idsIn(key), ...this.#all])];
      }
    },
    also: ['H4'],
  },
  {
    name: 'lists the peers of every realm',
    fails: ['H4.own-realm'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override idsIn(): string[] {
        return this.keys.flatMap((key) => super.idsIn(key));
      }
    },
  },
  {
    name: 'does not implement OPTIONS',
    fails: ['H5.root', 'H5.id', 'H5.asked-headers'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override preflight(): Reply {
        return this.notFound();
      }
    },
  },
  {
    name: 'allows preflights of unlisted origins',
    fails: ['H5.listed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const reply = super.reply(request);
        const { origin = '' } = request.headers;
        return request.method === 'OPTIONS'
          ? { ...reply, headers: { ...reply.headers, 'access-control-allow-origin': origin } }
          : reply;
      }
    },
  },
  {
    name: 'has no CORS headers',
    fails: ['H6.echoed-id', 'H6.listed'],
    verdict: 'failed',
    also: ['H5', 'H9', 'X8', 'I5'],
    Server: class extends ConformingServer {
      override corsHeaders(): Readonly<Record<string, string>> {
        return {};
      }
    },
  },
  {
    name: 'allows a fixed origin instead of the requesting one',
    fails: ['H6.echoed-id', 'H6.listed'],
    verdict: 'failed',
    also: ['H5', 'H9', 'X8', 'I5'],
    Server: class extends ConformingServer {
      override corsHeaders(): Readonly<Record<string, string>> {
        return { 'access-control-allow-origin': 'http://localhost:3000', vary: 'Origin' };
      }
    },
  },
  {
    name: 'echoes the origin without Vary',
    fails: ['H6.echoed-id', 'H6.listed'],
    verdict: 'failed',
    also: ['H5'],
    Server: class extends ConformingServer {
      override corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
        const { vary, ...others } = super.corsHeaders(origin);
        return others;
      }
    },
  },
  {
    name: 'allows origins that start with a listed one',
    fails: ['H6.not-listed-longer-host', 'H6.not-listed-slash'],
    verdict: 'failed',
    also: ['O10'],
    Server: class extends ConformingServer {
      override allowsOrigin(origin: string): boolean {
        return super.allowsOrigin(origin) || this.settings.cors?.some((listed) => origin.startsWith(listed)) === true;
      }
    },
  },
  {
    name: 'answers HEAD with 405',
    fails: ['H7.root', 'H7.id'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override route(request: HttpRequest): Reply {
        return request.method === 'HEAD' ? { status: 405, headers: { allow: 'GET' } } : super.route(request);
      }
    },
  },
  {
    name: 'answers 500 for an unknown path',
    fails: ['H8.nowhere', 'H8.favicon'],
    verdict: 'loose',
    also: ['X8', 'H15'],
    Server: class extends ConformingServer {
      override notFound(): Reply {
        return { status: 500, body: 'Internal Server Error' };
      }
    },
  },
  {
    name: 'crashes on an invalid escape',
    fails: ['H8.broken-escape'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override pageAt(path: string): (() => Reply) | undefined {
        return super.pageAt(decodeURIComponent(path));
      }
    },
  },
  {
    name: 'has no HTTP rate limit',
    fails: ['H9.too-many'],
    verdict: 'failed',
    also: ['H10'],
    Server: class extends ConformingServer {
      override isRateLimited(): boolean {
        return false;
      }
    },
  },
  {
    name: 'refuses all requests after a rate limit violation',
    fails: ['H9.next-window'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      readonly #banned = new Set<string>();
      override isRateLimited(address: string): boolean {
        if (super.isRateLimited(address)) this.#banned.add(address);
        return this.#banned.has(address);
      }
    },
  },
  {
    name: 'counts handshakes as requests',
    fails: ['H9.sockets-open'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handshakeStatus(...[path, headers, query]: Parameters<ConformingServer['handshakeStatus']>): number {
        return this.isRateLimited('127.0.0.1') ? 429 : super.handshakeStatus(path, headers, query);
      }
    },
  },
  {
    name: 'sends no Retry-After',
    fails: ['H9.too-many'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override rateLimited(): Reply {
        return { status: 429 };
      }
    },
  },
  {
    name: 'trusts X-Forwarded-For of any client',
    fails: ['H10.no-proxy'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override addressOf({ headers, address }: HttpRequest): string {
        return (
          String(headers['x-forwarded-for'] ?? address)
            .split(/\s*,\s*/)
            .at(-1) ?? address
        );
      }
    },
  },
  {
    name: 'trusts the first address in X-Forwarded-For',
    fails: ['H10.forged'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override addressOf({ headers, address }: HttpRequest): string {
        if (this.settings.proxied !== true) return address;
        return String(headers['x-forwarded-for'] ?? address).split(/\s*,\s*/)[0] ?? address;
      }
    },
  },
  {
    name: 'crashes on an oversized request',
    fails: ['H11.target-20000', 'H11.long-header'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override handleRequestError(...[error, socket]: Parameters<ConformingServer['handleRequestError']>): void {
        if (error.code === 'HPE_HEADER_OVERFLOW') throw error;
        super.handleRequestError(error, socket);
      }
    },
  },
  {
    name: 'crashes on bytes that are not HTTP',
    fails: ['H11.no-http'],
    verdict: 'dangerous',
    also: ['H13'],
    Server: class extends ConformingServer {
      override handleRequestError(...[error, socket]: Parameters<ConformingServer['handleRequestError']>): void {
        if (error.code?.startsWith('HPE_INVALID') === true) throw error;
        super.handleRequestError(error, socket);
      }
    },
  },
  {
    name: 'has no CORS headers for 404',
    fails: ['X8.cors'],
    verdict: 'loose',
    also: ['H6'],
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const reply = super.reply(request);
        return reply.status === 404 ? { ...reply, headers: {} } : reply;
      }
    },
  },
];
