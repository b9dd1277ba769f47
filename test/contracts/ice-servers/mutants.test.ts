import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TurnRestIceServers } from '../../../src/adapters/ice-servers/turn-rest.ts';
import type { IceServer, IceServers, IceUser, IssuedIceServers } from '../../../src/application/ports/ice-servers.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { CLAUSES, REST_CLAUSES, SECRET, STUN, subjectOf, TTL, TURN } from '../../../src/contracts/ice-servers/contract.ts';

type Answer = (issued: IssuedIceServers) => void;
type Change = (issued: IssuedIceServers, user: IceUser, now: number) => IssuedIceServers;

const settings = { stun: STUN, turn: TURN, secret: SECRET, ttl: TTL };

const withTurn = (issued: IssuedIceServers, change: (server: IceServer) => IceServer): IssuedIceServers => ({
  ...issued,
  servers: issued.servers.map((server) => (server.username === undefined ? server : change(server))),
});

const signed = (server: IceServer, username: string, hash = 'sha1'): IceServer => {
  return { ...server, username, credential: createHmac(hash, SECRET).update(username).digest('base64') };
};

const renamed = (issued: IssuedIceServers, name: string): IssuedIceServers =>
  withTurn(issued, (server) => signed(server, `${issued.expiresAt}:${name}`));

const digest = (text: string): string => createHmac('sha256', SECRET).update(text).digest('base64url').slice(0, 16);

const MUTANTS: Readonly<Record<string, Change>> = {
  'loses a URL': (issued) => ({ ...issued, servers: issued.servers.slice(1) }),
  'gives TURN without a credential': (issued) => withTurn(issued, ({ urls, username = '' }) => ({ urls, username })),
  'gives STUN a username': (issued) => ({ ...issued, servers: issued.servers.map((server) => ({ username: 'x', ...server })) }),
  'gives members that are undefined': (issued) => ({
    ...issued,
    servers: issued.servers.map((server) => ({ ...server, more: undefined })),
  }),
  'gives the configured ttl in place of the remaining one': (issued) => ({ ...issued, ttl: TTL }),
  'gives an expiry in milliseconds': (issued) => ({ ...issued, expiresAt: issued.expiresAt * 1000 }),
  'gives new credentials each second': (issued, _, now) =>
    withTurn(issued, (server) => signed(server, `${now + TTL}:${server.username?.split(':')[1] ?? ''}`)),
  'names the owner': (issued, { owner }) => renamed(issued, owner),
  'gives one user to all owners': (issued) => renamed(issued, digest('all')),
  'ignores the realm': (issued, { owner }) => renamed(issued, digest(owner)),
  'joins realm and owner without a separator': (issued, { realm, owner }) => renamed(issued, digest(realm + owner)),
  'changes the user with the time': (issued, { realm, owner }) =>
    renamed(issued, digest(`${realm}\0${owner}${issued.expiresAt}`)),
  'signs with SHA-256': (issued) => withTurn(issued, (server) => signed(server, server.username ?? '', 'sha256')),
  'never renews its credentials': (issued, { realm, owner }) =>
    withTurn(issued, (server) => signed(server, `1800003600:${digest(`${realm}\0${owner}`)}`)),
};

/** Changes each answer of a correct adapter. */
class MutantIceServers implements IceServers {
  readonly #inner: IceServers;
  readonly #change: Change;
  readonly #unixTime: () => number;

  constructor(change: Change, unixTime: () => number) {
    this.#inner = new TurnRestIceServers(settings, unixTime);
    this.#change = change;
    this.#unixTime = unixTime;
  }

  issue(user: IceUser, answer: Answer): void {
    this.#inner.issue(user, (issued) => answer(this.#change(issued, user, Math.floor(this.#unixTime()))));
  }
}

class RepeatingIceServers extends TurnRestIceServers {
  override issue(user: IceUser, answer: Answer): void {
    super.issue(user, answer);
    super.issue(user, answer);
  }
}

class SilentIceServers extends TurnRestIceServers {
  override issue(): void {
    super.issue({ realm: realmKey('green'), owner: '' }, () => undefined);
  }
}

/** Correct, and answers later. */
class LateIceServers extends TurnRestIceServers {
  override issue(user: IceUser, answer: Answer): void {
    super.issue(user, (issued) => queueMicrotask(() => answer(issued)));
  }
}

async function failures(make: (unixTime: () => number) => IceServers): Promise<string[]> {
  const failed: string[] = [];
  for (const clause of [...CLAUSES, ...REST_CLAUSES]) {
    await clause.run(subjectOf(make)).catch(() => failed.push(clause.name));
  }
  return failed;
}

describe('the contract suite for ICE servers', () => {
  it('accepts an adapter that answers later', async () => {
    expect(await failures((unixTime) => new LateIceServers(settings, unixTime))).toEqual([]);
  });

  for (const [name, change] of Object.entries(MUTANTS)) {
    it(`rejects an adapter that ${name}`, async () => {
      expect(await failures((unixTime) => new MutantIceServers(change, unixTime))).not.toEqual([]);
    });
  }

  it('rejects an adapter that answers twice', async () => {
    expect(await failures((unixTime) => new RepeatingIceServers(settings, unixTime))).not.toEqual([]);
  });

  it('rejects an adapter that does not answer', async () => {
    expect(await failures((unixTime) => new SilentIceServers(settings, unixTime))).not.toEqual([]);
  });
});
