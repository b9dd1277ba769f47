import type { IncomingHttpHeaders } from 'node:http';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

const SMUGGLED_ANSWER = 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n';

/** H13 to H16, O12, O13: invalid handling of request heads. */
export const HANDSHAKE_MUTANTS: readonly Mutant[] = [
  {
    name: 'answers a smuggled request',
    fails: ['H13.two-lengths', 'H13.empty-length', 'H13.unknown-coding'],
    verdict: 'failed',
    also: ['H11'],
    Server: class extends ConformingServer {
      override handleRequestError(...[, socket]: Parameters<ConformingServer['handleRequestError']>): void {
        socket.end(SMUGGLED_ANSWER.repeat(2));
      }
    },
  },
  {
    name: 'accepts an upgrade without a Connection header',
    fails: ['H14.no-connection'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        return request.headers.upgrade === 'websocket' ? { status: 101 } : super.reply(request);
      }
    },
  },
  {
    name: 'closes each connection after one response',
    fails: ['H15.in-order'],
    verdict: 'loose',
    also: ['H7', 'H8'],
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const reply = super.reply(request);
        return { ...reply, headers: { ...reply.headers, connection: 'close' } };
      }
    },
  },
  {
    name: 'answers 404 to a GET of the socket path',
    fails: ['H16.says-upgrade'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override upgradeMissing(): Reply {
        return this.notFound();
      }
    },
  },
  {
    name: 'does not name its WebSocket version',
    fails: ['O12.version'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
        return headers['sec-websocket-version'] === '13' ? super.handshakeStatus(path, headers, query) : 404;
      }
    },
  },
  {
    name: 'selects any subprotocol',
    fails: ['O13.none-granted'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override subprotocol(offered: ReadonlySet<string>): string | false {
        return [...offered][0] ?? false;
      }
    },
  },
  {
    name: 'closes a refused socket before the reason is sent',
    fails: ['M21.text-first'],
    verdict: 'failed',
    also: ['O'],
    Server: class extends ConformingServer {
      override refuse(...[socket, { code }]: Parameters<ConformingServer['refuse']>): void {
        socket.close(code);
      }
    },
  },
];
