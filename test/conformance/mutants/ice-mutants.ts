import { createHmac } from 'node:crypto';
import type { HttpRequest, Reply } from './conforming-http.ts';
import { ConformingServer, type Peer } from './conforming-server.ts';
import type { Mutant } from './mutant.ts';

/** A server that changes the JSON of its answers about ICE servers. */
function answering(change: (body: Record<string, unknown>) => object): Mutant['Server'] {
  return class extends ConformingServer {
    override iceAnswer(...given: Parameters<ConformingServer['iceAnswer']>): Reply {
      const reply = super.iceAnswer(...given);
      return { ...reply, body: JSON.stringify(change(JSON.parse(reply.body ?? '{}') as Record<string, unknown>)) };
    }
  };
}

/** A server that gives ICE servers to more clients. */
function granting(
  isGranted: (reply: Reply, asker: { id: string; token: string; server: ConformingServer }) => boolean,
): Mutant['Server'] {
  return class extends ConformingServer {
    override iceOwner(key: string, id: string, token: string, address: string): string | Reply {
      const owner = super.iceOwner(key, id, token, address);
      return typeof owner !== 'string' && isGranted(owner, { id, token, server: this }) ? id : owner;
    }
  };
}

/** I1 to I12: ICE servers. */
export const ICE_MUTANTS: readonly Mutant[] = [
  {
    name: 'answers with an empty list without ICE servers',
    fails: ['I1.none'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override hasIce(): boolean {
        return true;
      }
      override iceOwner(...given: Parameters<ConformingServer['iceOwner']>): string | Reply {
        return super.hasIce() ? super.iceOwner(...given) : '';
      }
    },
  },
  {
    name: 'names the list as a Matrix homeserver does',
    fails: ['I2.list'],
    verdict: 'failed',
    also: ['I'],
    Server: class extends ConformingServer {
      override iceAnswer(servers: Parameters<ConformingServer['iceAnswer']>[0]): Reply {
        return super.iceAnswer(servers, true);
      }
    },
  },
  {
    name: 'leaves out the TURN server for TLS',
    fails: ['I2.list'],
    verdict: 'failed',
    also: ['I9'],
    Server: class extends ConformingServer {
      override turnUrls(): readonly string[] {
        return super.turnUrls().slice(0, 1);
      }
    },
  },
  {
    name: 'reads a token for ICE servers from the query only',
    fails: ['I2.bearer'],
    verdict: 'loose',
    also: ['A2', 'A6'],
    Server: class extends ConformingServer {
      override bearerOf(): string | undefined {
        return undefined;
      }
    },
  },
  {
    name: 'sends a lifetime in milliseconds',
    fails: ['I2.lifetime'],
    verdict: 'loose',
    also: ['I7'],
    Server: answering((body) => ('ttl' in body ? { ...body, ttl: Number(body['ttl']) * 1_000 } : body)),
  },
  {
    name: 'gives ICE servers to strangers',
    fails: ['I3.stranger', 'I3.other-token', 'I3.left'],
    verdict: 'dangerous',
    Server: granting(({ status }) => status === 401),
  },
  {
    name: 'gives ICE servers for the id of an open peer',
    fails: ['I3.other-token'],
    verdict: 'dangerous',
    Server: granting(({ status }, { id, server }) => status === 401 && server.idsIn('peerjs').includes(id)),
  },
  {
    name: 'compares the beginning of tokens for ICE servers',
    fails: ['I3.other-token'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override ownerOf(key: string, id: string, token: string): string | undefined {
        const known = this.realmOf(key)?.peers.get(id)?.token ?? '';
        return super.ownerOf(key, id, token !== '' && known.startsWith(token) ? known : token);
      }
    },
  },
  {
    name: 'gives ICE servers to peers that have left',
    fails: ['I3.left'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      readonly #known = new Set<string>();
      override ownerOf(key: string, id: string, token: string): string | undefined {
        return super.ownerOf(key, id, token) ?? (this.#known.has(`${id} ${token}`) ? id : undefined);
      }
      override removePeer(peer: Peer): void {
        this.#known.add(`${peer.id} ${peer.token}`);
        super.removePeer(peer);
      }
    },
  },
  {
    name: 'ignores the key of a request for ICE servers',
    fails: ['I3.unknown-key'],
    verdict: 'dangerous',
    also: ['I4'],
    Server: class extends ConformingServer {
      override iceOwner(_key: string, ...who: [id: string, token: string, address: string]): string | Reply {
        return super.iceOwner(this.keys[0] ?? '', ...who);
      }
    },
  },
  {
    name: 'refuses ICE servers in other words',
    fails: ['I3.stranger'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override unauthorized(): Reply {
        return super.unauthorized('unauthorized');
      }
    },
  },
  {
    name: 'gives ICE servers to open peers only',
    fails: ['I3.token-of-a-user'],
    verdict: 'failed',
    also: ['I4'],
    Server: class extends ConformingServer {
      override iceOwner(key: string, id: string, token: string, address: string): string | Reply {
        const owner = super.iceOwner(key, id, token, address);
        return typeof owner === 'string' && this.ownerOf(key, id, token) === undefined ? this.unauthorized('No peer') : owner;
      }
    },
  },
  {
    name: 'gives ICE servers for any JSON Web Token',
    fails: ['I3.invalid-token'],
    verdict: 'dangerous',
    Server: granting(({ status }, { token }) => status === 401 && token.split('.').length === 3),
  },
  {
    name: 'ignores that a token excludes ICE servers',
    fails: ['I3.excluded'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override mayUseIce(): boolean {
        return true;
      }
    },
  },
  {
    name: 'gives no ICE servers to everybody',
    fails: ['I4.everybody'],
    verdict: 'failed',
    also: ['I6', 'I8'],
    Server: class extends ConformingServer {
      override iceOwner(key: string, id: string, token: string, address: string): string | Reply {
        return id === '' && this.settings.ice_access === 'everybody'
          ? this.unauthorized('No peer')
          : super.iceOwner(key, id, token, address);
      }
    },
  },
  {
    name: 'sends ICE servers without CORS headers',
    fails: ['I5.listed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override reply(request: HttpRequest): Reply {
        const { headers, ...reply } = super.reply(request);
        const isIce = request.path.endsWith('/ice') && request.method === 'GET';
        return { ...reply, headers: { ...headers, ...(isIce && { 'access-control-allow-origin': 'https://none.example' }) } };
      }
    },
  },
  {
    name: 'answers no preflight for ICE servers',
    fails: ['I5.listed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override route(request: HttpRequest): Reply {
        return request.method === 'OPTIONS' && request.path.endsWith('/ice') ? { status: 405 } : super.route(request);
      }
    },
  },
  {
    name: 'gives ICE servers to pages of any origin',
    fails: ['I5.not-listed'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override allowsIceOrigin(): boolean {
        return true;
      }
    },
  },
  {
    name: 'lets caches keep credentials',
    fails: ['I6.no-store'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override iceCaching(): Readonly<Record<string, string>> {
        return { 'cache-control': 'private, max-age=600' };
      }
    },
  },
  {
    name: 'has no limit of requests for ICE servers',
    fails: ['I6.limit'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override hasTooManyIceRequests(): boolean {
        return false;
      }
    },
  },
  {
    name: 'signs TURN credentials with SHA-256',
    fails: ['I7.signed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnSignature(secret: string, username: string): string {
        return createHmac('sha256', secret).update(username).digest('base64');
      }
    },
  },
  {
    name: 'encodes TURN credentials as hexadecimal',
    fails: ['I7.signed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnSignature(secret: string, username: string): string {
        return createHmac('sha1', secret).update(username).digest('hex');
      }
    },
  },
  {
    name: 'writes the present time into TURN usernames',
    fails: ['I7.expiry', 'I7.expires-with-the-answer'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnExpiry(): number {
        return Math.floor(this.now());
      }
    },
  },
  {
    name: 'writes milliseconds into TURN usernames',
    fails: ['I7.expiry'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnExpiry(): number {
        return super.turnExpiry() * 1_000;
      }
    },
  },
  {
    name: 'gives credentials that expire before the ttl',
    fails: ['I7.expires-with-the-answer'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnExpiry(): number {
        return Math.floor(this.now()) + 60;
      }
    },
  },
  {
    name: 'uses ids as TURN users',
    fails: ['I7.plain-user', 'I7.no-secret'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnUser(_secret: string, _key: string, owner: string): string {
        return owner.split('\0')[0] ?? '';
      }
    },
  },
  {
    name: 'uses tokens as TURN users',
    fails: ['I7.no-secret'],
    verdict: 'dangerous',
    Server: class extends ConformingServer {
      override turnUser(_secret: string, _key: string, owner: string): string {
        return owner.split('\0')[1] ?? owner;
      }
    },
  },
  {
    name: 'gives the same TURN user to all peers',
    fails: ['I7.own-user'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override turnUser(): string {
        return 'peer';
      }
    },
  },
  {
    name: 'gives a random TURN user to each request',
    fails: ['I7.own-user'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override turnUser(): string {
        return this.newId();
      }
    },
  },
  {
    name: 'signs the name of fixed TURN credentials',
    fails: ['I8.fixed'],
    verdict: 'failed',
    Server: class extends ConformingServer {
      override turnCredentials(key: string, owner: string): { username: string; credential: string } {
        const { username, credential } = super.turnCredentials(key, owner);
        return this.settings.turn_user === undefined
          ? { username, credential }
          : { username: `${this.turnExpiry()}:${username}`, credential };
      }
    },
  },
  {
    name: 'ignores as=matrix',
    fails: ['I9.matrix', 'I9.without-turn'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override iceAnswer(servers: Parameters<ConformingServer['iceAnswer']>[0]): Reply {
        return super.iceAnswer(servers, false);
      }
    },
  },
  {
    name: 'sends STUN servers as TURN servers of a Matrix homeserver',
    fails: ['I9.without-turn'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override matrixBody(servers: Parameters<ConformingServer['matrixBody']>[0]): object {
        return { uris: this.stunUrls(), ...super.matrixBody(servers) };
      }
    },
  },
  {
    name: 'pushes ICE servers after OPEN',
    fails: ['I12.before-open'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override greet(peer: Peer): void {
        this.sendOpen(peer);
        this.pushIce(peer);
        this.deliverMailbox(peer);
      }
    },
  },
  {
    name: 'pushes a list without its lifetime',
    fails: ['I12.before-open'],
    verdict: 'loose',
    Server: class extends ConformingServer {
      override pushIce({ socket }: Peer): void {
        if (this.settings.ice_push !== true) return;
        socket.send(JSON.stringify({ type: 'ICE', payload: { iceServers: this.iceServers('peerjs', '') } }));
      }
    },
  },
];
