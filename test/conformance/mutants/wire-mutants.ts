import type { IncomingHttpHeaders } from 'node:http';
import { WebSocket } from 'ws';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer, type Credentials, type Peer, type Realm } from './conforming-server.ts';
import { readFrame, type Frame, type OutgoingFrame } from './frame.ts';
import type { Mutant } from './mutant.ts';

/** A server that sends some frames as binary frames. */
function sendingBinary(isBinary: (frame: OutgoingFrame) => boolean): Mutant['Server'] {
  return class extends ConformingServer {
    override send({ socket }: Peer, frame: OutgoingFrame): void {
      if (socket.readyState === WebSocket.OPEN) socket.send(this.encode(frame), { binary: isBinary(frame) });
    }
  };
}

/** A server that changes the text of payloads. */
function changing(changed: (payload: string) => string): Mutant['Server'] {
  return class extends ConformingServer {
    override payloadOf(frame: Frame): string | undefined {
      const payload = super.payloadOf(frame);
      return payload === undefined ? undefined : changed(payload);
    }
  };
}

/** A server that takes a list of origins for patterns, or compares them loosely. */
function allowing(matches: (origin: string, listed: string) => boolean, where: 'HTTP' | 'sockets'): Mutant['Server'] {
  return class extends ConformingServer {
    override corsHeaders(origin: string | undefined): Readonly<Record<string, string>> {
      const allowed = this.#isSimilar(origin) && where === 'HTTP' ? { 'access-control-allow-origin': origin ?? '' } : {};
      return { ...super.corsHeaders(origin), ...allowed };
    }
    override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
      const status = super.handshakeStatus(path, headers, query);
      return status === 403 && where === 'sockets' && this.#isSimilar(headers.origin) ? 101 : status;
    }
    #isSimilar(origin: string | undefined): boolean {
      const { cors = [] } = this.settings;
      return origin !== undefined && cors.some((listed) => listed !== '*' && matches(origin, listed));
    }
  };
}

const isPatternFor = (origin: string, listed: string): boolean => new RegExp(`^${listed}$`).test(origin);
const isNull = (origin: string): boolean => origin === 'null';

/** H2 to H9, O7, O10, O12, O13, M1, M2, M3, M6, M10, M11: bytes and headers in forms that a client meets. */
export const WIRE_MUTANTS: readonly Mutant[] = [
  {
    name: 'sends large messages as binary frames',
    fails: ['M1.text-frame-large'],
    verdict: 'failed',
    Server: sendingBinary(({ payload = '' }) => payload.length > 16_000),
  },
  {
    name: 'sends messages with characters beyond ASCII as binary frames',
    fails: ['M1.text-frame-unicode'],
    verdict: 'failed',
    also: ['M5'],
    Server: sendingBinary(({ payload = '' }) => /[^\0-\x7f]/.test(payload)),
  },
  {
    name: 'sends LEAVE as a binary frame',
    fails: ['M6.text-frame'],
    verdict: 'failed',
    Server: sendingBinary(({ type }) => type === 'LEAVE'),
  },
  ...(['src', 'dst'] as const).map((member): Mutant => ({
    name: `relays candidates without ${member}`,
    fails: ['M1.candidate'],
    verdict: 'failed',
    also: ['M4', 'O11'],
    Server: class extends ConformingServer {
      override encode(frame: OutgoingFrame): string {
        const text = super.encode(frame);
        return frame.type === 'CANDIDATE' ? text.replace(`,"${member}":${JSON.stringify(frame[member])}`, '') : text;
      }
    },
  })),
  {
    name: 'drops messages of more than 64 KiB',
    fails: ['M1.large'],
    verdict: 'failed',
    also: ['M2', 'M18'],
    Server: class extends ConformingServer {
      override handleFrame(...[peer, bytes, isBinary]: Parameters<ConformingServer['handleFrame']>): void {
        if (bytes.length <= 65_536) super.handleFrame(peer, bytes, isBinary);
      }
    },
  },
  {
    name: 'accepts compression, but cannot read it',
    fails: ['M1.large'],
    verdict: 'failed',
    // Every large message of a client that offers compression.
    also: ['M2', 'M13', 'M16', 'M17', 'M18', 'O12', 'O13'],
    Server: class extends ConformingServer {
      override handshakeHeaders(request: IncomingHttpHeaders): readonly string[] {
        const isOffered = request['sec-websocket-extensions']?.includes('permessage-deflate') === true;
        return isOffered ? ['Sec-WebSocket-Extensions: permessage-deflate'] : [];
      }
    },
  },
  {
    name: 'grants compression that was not offered',
    fails: ['O13.nothing-unasked'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeHeaders(request: IncomingHttpHeaders): readonly string[] {
        return request['sec-websocket-extensions'] === undefined ? ['Sec-WebSocket-Extensions: permessage-deflate'] : [];
      }
    },
  },
  {
    name: 'requires Upgrade in lower case',
    fails: ['O12.capitals'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
        return headers.upgrade === 'websocket' ? super.handshakeStatus(path, headers, query) : 400;
      }
    },
  },
  {
    name: 'closes at a ping between fragments',
    fails: ['M1.ping-between-fragments'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override attach(peer: Peer, socket: WebSocket): void {
        super.attach(peer, socket);
        const { _receiver: receiver } = socket as unknown as { _receiver: { _fragmented: number } };
        socket.on('ping', () => {
          if (receiver._fragmented === 0) return;
          this.removePeer(peer);
          socket.terminate();
        });
      }
    },
  },
  {
    name: 'removes U+FEFF from payloads',
    fails: ['M2.text-of-all-kinds'],
    verdict: 'failed',
    Server: changing((payload) => payload.replaceAll('\ufeff', '')),
  },
  {
    name: 'ends strings at NUL',
    fails: ['M2.text-of-all-kinds'],
    verdict: 'failed',
    Server: changing((payload) => payload.replaceAll(/\\u0000(?:[^"\\]|\\.)*"/g, '"')),
  },
  {
    name: 'replaces lone surrogates',
    fails: ['M2.half-surrogate'],
    verdict: 'loose',
    Server: changing((payload) => payload.replaceAll(/\\ud83e(?!\\u)/g, '\\ufffd')),
  },
  {
    name: 'prints huge numbers as Infinity',
    fails: ['M2.same-bytes-large-exponent'],
    verdict: 'failed',
    Server: changing((payload) => payload.replace(/^1e400$/, 'Infinity')),
  },
  {
    name: 'drops deeply nested payloads',
    fails: ['M2.nested'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override relay(...[peer, outgoing, frame]: Parameters<ConformingServer['relay']>): void {
        if (!(outgoing.payload ?? '').startsWith('['.repeat(64))) super.relay(peer, outgoing, frame);
      }
    },
  },
  {
    name: 'uses the first of repeated dst',
    fails: ['M3.last-wins'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        const frame = super.parseFrame(bytes);
        const [, dst] = /"dst":"([^"\\]*)"/.exec(bytes.toString().slice(0, 200)) ?? [];
        return frame === undefined || dst === undefined ? frame : { ...frame, dst };
      }
    },
    also: ['M10', 'O7'],
  },
  {
    name: 'has a lenient parser (byte order mark)',
    fails: ['M10.lenient-bom'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override parseFrame(bytes: Buffer): Frame | undefined {
        return super.parseFrame(bytes) ?? readFrame(Buffer.from(bytes.toString().replace(/^\ufeff/, '')));
      }
    },
  },
  {
    name: 'reads a list with one element as an id',
    fails: ['M11.list-of-a-peer'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override dispatch(peer: Peer, frame: Frame): void {
        super.dispatch(peer, Array.isArray(frame.dst) ? { ...frame, dst: String(frame.dst) } : frame);
      }
    },
  },
  {
    name: 'cuts ids at 100 characters',
    fails: ['O7.distinct-long', 'O7.length-128'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override acceptSocket(socket: WebSocket, who: Credentials): void {
        super.acceptSocket(socket, { ...who, id: this.isValidId(who.id) ? who.id.slice(0, 100) : who.id });
      }
      override findPeer(realm: Realm, id: string): Peer | undefined {
        return super.findPeer(realm, id.slice(0, 100));
      }
    },
  },
  {
    name: 'accepts the ids of the client only',
    fails: ['O7.unicode', 'O7.url'],
    verdict: 'loose',
    also: ['H4', 'M13', 'I7'],
    Server: class extends ConformingServer {
      override isValidId(text: string): boolean {
        return super.isValidId(text) && /^[A-Za-z0-9]+(?:[ _-][A-Za-z0-9]+)*$/.test(text);
      }
    },
  },
  {
    name: 'escapes ids for HTML',
    fails: ['O7.tags'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override encode(frame: OutgoingFrame): string {
        return super.encode({ ...frame, src: frame.src.replaceAll('<', '&lt;') });
      }
    },
  },
  ...(
    [
      ['takes listed origins for patterns', 'any-character', isPatternFor],
      ['allows the origin null', 'opaque', isNull],
    ] as const
  ).flatMap(([name, almost, matches]): Mutant[] => [
    { name: `${name} (HTTP)`, fails: [`H6.not-listed-${almost}`], verdict: 'failed', Server: allowing(matches, 'HTTP') },
    { name: `${name} (sockets)`, fails: [`O10.refuses-${almost}`], verdict: 'failed', Server: allowing(matches, 'sockets') },
  ]),
  {
    name: 'has no CORS headers for 429',
    fails: ['H9.cors'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const reply = super.reply(request);
        return reply.status === 429 ? this.rateLimited() : reply;
      }
    },
  },
  {
    name: 'ends ids with a line feed',
    fails: ['H2.gives-id', 'H2.any-query'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override idFor(key: string): Reply {
        const reply = super.idFor(key);
        return { ...reply, body: `${reply.body}\n` };
      }
    },
  },
  {
    name: 'redirects ids to a path with a slash at its end',
    fails: ['H2.gives-id', 'H2.any-query'],
    verdict: 'failed',
    also: ['O3', 'H6', 'H7', 'H8', 'H9', 'H10', 'H15'],
    Server: class extends ConformingServer {
      override route(request: HttpRequest): Reply {
        const isId = request.path.endsWith('/id') && request.method === 'GET';
        return isId ? { status: 301, headers: { location: `${request.path}/` } } : super.route(request);
      }
    },
  },
  {
    name: 'lists peers as objects',
    fails: ['H4.lists-peers', 'H4.odd-ids'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override peersOf(key: string): Reply {
        const reply = super.peersOf(key);
        return reply.status === 200 ? { ...reply, body: JSON.stringify(this.idsIn(key).map((id) => ({ id }))) } : reply;
      }
    },
  },
  ...(
    [
      [200, '[]'],
      [404, 'Not found'],
    ] as const
  ).map(([status, body]): Mutant => ({
    name: `answers ${status} to the list of peers without discovery`,
    fails: ['H3.nobody-is-listed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override peersOf(key: string): Reply {
        return this.listsPeers() ? super.peersOf(key) : { status, headers: {}, body };
      }
    },
  })),
];
