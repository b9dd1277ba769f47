import type { IncomingHttpHeaders } from 'node:http';
import type { WebSocket } from 'ws';
import { isJwt, isVerified, objectIn, readClaims, type Rights, type TokenProblem } from './client-token.ts';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer, type Peer, type Refusal } from './conforming-server.ts';
import type { Frame } from './frame.ts';
import type { Mutant } from './mutant.ts';

const HOUR_SECONDS = 3_600;

/** The facts from which a server reads a token. */
interface Reading {
  readonly token: string;
  readonly secret: string;
  readonly now: number;
  readonly honest: () => Rights | TokenProblem;
}

/** A server that checks tokens in another way. */
function reading(read: (reading: Reading) => Rights | TokenProblem): Mutant['Server'] {
  return class extends ConformingServer {
    override readToken(token: string, secret: string, leeway: number): Rights | TokenProblem {
      return read({ token, secret, now: this.now(), honest: () => super.readToken(token, secret, leeway) });
    }
  };
}

/** The rights of the claims, without a look at the signature. @param more replaces claims */
function unverified(
  token: string,
  now: number,
  more: (claims: Record<string, unknown>) => object = () => ({}),
): Rights | TokenProblem {
  const claims = objectIn(token.split('.')[1] ?? '') ?? {};
  return readClaims(token, { ...claims, ...more(claims) }, now, 0);
}

/** A server that accepts claims which are wrong, if the signature is right. */
function tolerating(more: (claims: Record<string, unknown>) => object): Mutant['Server'] {
  return reading(({ token, secret, now, honest }) => (isVerified(token, secret) ? unverified(token, now, more) : honest()));
}

/** A server that sends another text. */
function saying(problem: TokenProblem, text: string): Mutant['Server'] {
  return class extends ConformingServer {
    override textOf(found: TokenProblem): string {
      return found === problem ? text : super.textOf(found);
    }
  };
}

/** A1 to A12: authentication. */
export const ACCESS_MUTANTS: readonly Mutant[] = [
  {
    name: 'rejects every token',
    fails: ['A1.token'],
    verdict: 'failed',
    also: ['A', 'I'],
    Server: reading(() => 'invalid'),
  },
  {
    name: 'accepts clients without a token',
    fails: ['A1.no-token'],
    verdict: 'dangerous',
    also: ['A', 'I'],
    Server: class extends ConformingServer {
      override rightsOf(token: string): Rights | TokenProblem | undefined {
        return isJwt(token) ? super.rightsOf(token) : undefined;
      }
    },
  },
  {
    name: 'rejects guests',
    fails: ['A1.guest'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override rightsOf(token: string): Rights | TokenProblem | undefined {
        return this.settings.auth === 'optional' && !isJwt(token) ? 'missing' : super.rightsOf(token);
      }
    },
  },
  {
    name: 'treats clients with an invalid token as guests',
    fails: ['A1.guest-with-invalid-token'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override rightsOf(token: string): Rights | TokenProblem | undefined {
        const rights = super.rightsOf(token);
        return this.settings.auth === 'optional' && typeof rights === 'string' ? undefined : rights;
      }
    },
  },
  {
    name: 'says that authentication is needed in other words',
    fails: ['A1.no-token'],
    verdict: 'loose',
    Server: saying('missing', 'Please log in'),
  },
  {
    name: 'says that a token has expired in other words',
    fails: ['A2.expired'],
    verdict: 'loose',
    also: ['A5'],
    Server: saying('expired', 'jwt expired'),
  },
  {
    name: 'accepts unsigned tokens',
    fails: ['A2.unsigned'],
    verdict: 'dangerous',
    Server: reading(({ token, honest, now }) =>
      objectIn(token.split('.')[0] ?? '')?.['alg'] === 'none' ? unverified(token, now) : honest(),
    ),
  },
  {
    name: 'compares alg none with capitals',
    fails: ['A2.unsigned-capitals'],
    verdict: 'dangerous',
    Server: reading(({ token, honest, now }) =>
      objectIn(token.split('.')[0] ?? '')?.['alg'] === 'nOnE' ? unverified(token, now) : honest(),
    ),
  },
  {
    name: 'verifies a signature only if there is one',
    fails: ['A2.no-signature', 'A2.unsigned', 'A2.unsigned-capitals'],
    verdict: 'dangerous',
    Server: reading(({ token, honest, now }) => (token.endsWith('.') ? unverified(token, now) : honest())),
  },
  {
    name: 'decodes tokens without verifying them',
    fails: ['A2.other-secret', 'A2.empty-secret', 'A2.altered'],
    verdict: 'dangerous',
    also: ['A1', 'A7', 'A8', 'I3'],
    Server: reading(({ token, honest, now }) => (isJwt(token) ? unverified(token, now) : honest())),
  },
  {
    name: 'accepts expired tokens',
    fails: ['A2.expired'],
    verdict: 'dangerous',
    Server: tolerating(({ exp }) => (typeof exp === 'number' ? { exp: exp + 2 * HOUR_SECONDS } : {})),
  },
  {
    name: 'checks the times of a token before its signature',
    fails: ['A2.expired-other-secret'],
    verdict: 'loose',
    Server: reading(({ token, honest, now }) => {
      const { exp } = objectIn(token.split('.')[1] ?? '') ?? {};
      return typeof exp === 'number' && exp < now ? 'expired' : honest();
    }),
  },
  {
    name: 'ignores the start of tokens',
    fails: ['A2.early', 'A2.early-as-text'],
    verdict: 'dangerous',
    Server: tolerating(() => ({ nbf: 0 })),
  },
  {
    name: 'accepts tokens without an expiry',
    fails: ['A2.no-expiry'],
    verdict: 'dangerous',
    Server: tolerating(({ exp }) => (exp === undefined ? { exp: Infinity } : {})),
  },
  {
    name: 'converts times from text',
    fails: ['A2.expiry-as-text'],
    verdict: 'dangerous',
    Server: tolerating(({ exp }) => ({ exp: exp === undefined ? undefined : Number(exp) })),
  },
  {
    name: 'ignores the audience of tokens',
    fails: ['A2.other-audience'],
    verdict: 'dangerous',
    Server: tolerating(() => ({ aud: undefined })),
  },
  {
    name: 'accepts one audience as text only',
    fails: ['A2.audience-in-a-list'],
    verdict: 'failed',
    Server: reading(({ token, honest }) => (Array.isArray(objectIn(token.split('.')[1] ?? '')?.['aud']) ? 'invalid' : honest())),
  },
  {
    name: 'ignores claims that it does not know',
    fails: ['A2.odd-claim'],
    verdict: 'dangerous',
    Server: tolerating(({ signalbox }) => (JSON.stringify(signalbox)?.includes('"ids"') ? { signalbox: {} } : {})),
  },
  {
    name: 'ignores claims of an unexpected type',
    fails: ['A2.odd-id'],
    verdict: 'dangerous',
    Server: tolerating(({ signalbox }) => (JSON.stringify(signalbox)?.includes('"id":7') ? { signalbox: {} } : {})),
  },
  {
    name: 'prefers the token of the query',
    fails: ['A2.header-first'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override tokenIn(headers: IncomingHttpHeaders, inQuery: string): string {
        return inQuery === '' ? super.tokenIn(headers, inQuery) : inQuery;
      }
    },
  },
  {
    name: 'lets every token take any id',
    fails: ['A3.id-of-the-token', 'A3.ids-by-prefix'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override includesId(): boolean {
        return true;
      }
    },
  },
  {
    name: 'takes an exact id for a prefix',
    fails: ['A3.id-of-the-token'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override includesId({ ids }: Rights, id: string): boolean {
        return ids.some((one) => id.startsWith(one.replace(/\*$/, '')));
      }
    },
  },
  {
    name: 'finds the prefix of a pattern anywhere in an id',
    fails: ['A3.ids-by-prefix'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override includesId({ ids }: Rights, id: string): boolean {
        return ids.some((one) => (one.endsWith('*') ? id.includes(one.slice(0, -1)) : id === one));
      }
    },
  },
  {
    name: 'ignores the key of a token',
    fails: ['A3.key-of-the-token'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override includesKey(): boolean {
        return true;
      }
    },
  },
  {
    name: 'compares the text of tokens instead of their subject',
    fails: ['A4.same-subject'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override isOwner(): boolean {
        return false;
      }
    },
  },
  {
    name: 'gives an id to any valid token',
    fails: ['A4.other-subject'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override isOwner({ rights }: Peer): boolean {
        return rights !== undefined;
      }
    },
  },
  {
    name: 'leaves peers connected after their token has expired',
    fails: ['A5.closes'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override closeExpired(): void {}
    },
  },
  {
    name: 'closes peers at half of the lifetime of their token',
    fails: ['A5.closes'],
    verdict: 'failed',
    also: ['A7'],
    Server: class extends ConformingServer {
      override enforceExpiry(peer: Peer): void {
        if (this.now() >= peer.tellsAt) this.closeExpired(peer);
      }
    },
  },
  {
    name: 'closes peers with an expired token without a reason',
    fails: ['A5.closes'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override closeExpired(peer: Peer): void {
        this.removePeer(peer);
        peer.socket.close(4003);
      }
    },
  },
  {
    name: 'closes peers with an expired token with 1008',
    fails: ['A5.code'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override closeExpired(peer: Peer): void {
        this.removePeer(peer);
        this.refuse(peer.socket, this.accessRefusal('Token expired'));
      }
    },
  },
  {
    name: 'rejects clients without a token with 401 to the handshake',
    fails: ['A6.opens-first'],
    verdict: 'failed',
    also: ['A1', 'A2', 'A11', 'A12'],
    Server: class extends ConformingServer {
      override handshakeStatus(path: string, headers: IncomingHttpHeaders, query: URLSearchParams): number {
        const rights = this.rightsOf(this.tokenIn(headers, query.get('token') ?? ''));
        return rights === 'missing' ? 401 : super.handshakeStatus(path, headers, query);
      }
    },
  },
  {
    name: 'closes rejected clients without a code',
    fails: ['A6.code'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override refuse(socket: WebSocket, refusal: Refusal): void {
        if (!/Authentication|token/i.test(JSON.stringify(refusal.frame))) return super.refuse(socket, refusal);
        socket.send(JSON.stringify(refusal.frame));
        socket.close();
      }
    },
  },
  {
    name: 'lists its peers without a token',
    fails: ['A6.list'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override listRefusal(): Reply | undefined {
        return undefined;
      }
    },
  },
  {
    name: 'lists its peers for any valid token',
    fails: ['A6.list-with-token'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override listRefusal(request: HttpRequest): Reply | undefined {
        const reply = super.listRefusal(request);
        return reply?.status === 403 ? undefined : reply;
      }
    },
  },
  {
    name: 'sends no challenge',
    fails: ['A6.challenge'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override challenge(): Readonly<Record<string, string>> {
        return {};
      }
    },
  },
  {
    name: 'does not tell that a token expires',
    fails: ['A7.told'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override setRights(peer: Peer, token: string): void {
        super.setRights(peer, token);
        peer.tellsAt = Infinity;
      }
    },
  },
  {
    name: 'does not refresh tokens',
    fails: ['A7.refreshed', 'A7.invalid'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override refreshToken(): void {}
    },
  },
  {
    name: 'confirms a fresh token, and keeps the old expiry',
    fails: ['A7.refreshed'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override refreshToken(peer: Peer, frame: Frame): void {
        const { rights } = peer;
        super.refreshToken(peer, frame);
        peer.rights = rights;
      }
    },
  },
  {
    name: 'accepts a fresh token of another subject',
    fails: ['A7.other-subject'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override refreshProblem(peer: Peer, token: string): string | undefined {
        const problem = super.refreshProblem(peer, token);
        return problem === 'Not allowed' ? undefined : problem;
      }
    },
  },
  {
    name: 'closes a peer that sends an invalid token',
    fails: ['A7.invalid', 'A7.other-subject'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override refreshToken(peer: Peer, frame: Frame): void {
        super.refreshToken(peer, frame);
        const { payload } = frame.whole;
        if (this.refreshProblem(peer, (payload as { token: string }).token) !== undefined) peer.socket.terminate();
      }
    },
  },
  {
    name: 'lets a client guess tokens',
    fails: ['A8.limit'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hasGuessed(): boolean {
        return false;
      }
    },
  },
  {
    name: 'reads no token from subprotocols',
    fails: ['A11.subprotocol'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override tokenIn({ 'sec-websocket-protocol': _, ...headers }: IncomingHttpHeaders, inQuery: string): string {
        return super.tokenIn(headers, inQuery);
      }
    },
  },
  {
    name: 'grants the token as a subprotocol',
    fails: ['A11.subprotocol'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override subprotocol(offered: ReadonlySet<string>): string | false {
        return [...offered].find((one) => one.startsWith('bearer.')) ?? false;
      }
    },
  },
  {
    name: 'reads no token from cookies',
    fails: ['A12.cookie'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override cookieTokenOf(): string | undefined {
        return undefined;
      }
    },
  },
  {
    name: 'reads tokens from the cookies of any page',
    fails: ['A12.no-origin'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override cookieTokenOf({ cookie = '' }: IncomingHttpHeaders): string | undefined {
        return /signalbox_token=([^;]*)/.exec(cookie)?.[1];
      }
    },
  },
];
