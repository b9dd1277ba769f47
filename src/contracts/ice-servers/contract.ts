import { createHmac } from 'node:crypto';
import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { IceServer, IceServers, IceUser, IssuedIceServers } from '../../application/ports/ice-servers.ts';
import { realmKey } from '../../domain/ids.ts';

export const STUN = ['stun:stun.example.org', 'stuns:stun.example.org:5349'];
export const TURN = ['turn:turn.example.org?transport=udp', 'turns:turn.example.org:443?transport=tcp'];
export const SECRET = 'a secret of the tests';
export const TTL = 3600;
/** A multiple of a tenth of the ttl. */
export const START = 1_800_000_000;

/** A source of ICE servers with the URLs above, and a clock that the test controls. */
export interface IceServersSubject {
  readonly iceServers: IceServers;
  /** @param seconds Unix time. */
  setTime(seconds: number): void;
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  readonly run: (subject: IceServersSubject) => Promise<void>;
}

const ANN: IceUser = { realm: realmKey('green'), owner: 'ann "the first"\0proof' };
const BOB: IceUser = { ...ANN, owner: 'bob\0proof' };

async function issue({ iceServers }: IceServersSubject, user = ANN): Promise<IssuedIceServers> {
  const issued: IssuedIceServers[] = [];
  iceServers.issue(user, (one) => issued.push(one));
  await new Promise((resolve) => setImmediate(resolve));
  const [first] = issued;
  if (first === undefined || issued.length > 1) return expect.fail(`${issued.length} answers`);
  return first;
}

const isTurn = ({ urls }: IceServer): boolean => urls.some((url) => url.startsWith('turn'));

async function turnOf(subject: IceServersSubject, user = ANN): Promise<{ username: string; credential: string }> {
  const { username = '', credential = '' } = (await issue(subject, user)).servers.find(isTurn) ?? {};
  return { username, credential };
}

const userOf = async (subject: IceServersSubject, user = ANN): Promise<string | undefined> =>
  (await turnOf(subject, user)).username.split(':')[1];

/** Promises of every adapter. */
export const CLAUSES: readonly Clause[] = [
  {
    name: 'I2: answers once, with every configured URL, in order',
    async run(subject) {
      const { servers } = await issue(subject);
      expect(servers.flatMap(({ urls }) => urls)).toEqual([...STUN, ...TURN]);
    },
  },
  {
    name: 'I2: gives username and credential with TURN only, because browsers reject TURN without them',
    async run(subject) {
      for (const server of (await issue(subject)).servers) {
        expect(isTurn(server)).toBe((server.username ?? '') !== '');
        expect(isTurn(server)).toBe((server.credential ?? '') !== '');
        expect(Object.values(server)).not.toContain(undefined);
      }
    },
  },
  {
    name: 'I2: gives an expiry within the ttl, and the seconds until then',
    async run(subject) {
      for (const now of [START, START + 1, START + TTL / 10 - 1, START + TTL + 0.5]) {
        subject.setTime(now);
        const { ttl, expiresAt } = await issue(subject);
        expect(expiresAt).toBe(Math.floor(now) + ttl);
        expect([ttl <= TTL, ttl > 0.9 * TTL - 1, Number.isInteger(ttl)]).toEqual([true, true, true]);
      }
    },
  },
  {
    name: 'I7: gives the same credentials again within a tenth of the ttl',
    async run(subject) {
      subject.setTime(START);
      const first = await turnOf(subject);
      subject.setTime(START + TTL / 10 - 1);
      expect(await turnOf(subject)).toEqual(first);
    },
  },
  {
    name: 'I7: gives usernames without blanks, quotes and ids',
    run: async (subject) => expect((await turnOf(subject)).username).toMatch(/^(?!.*ann)[^\s"']+$/),
  },
];

/** Promises of adapters with credentials for each user, signed with `SECRET`. */
export const REST_CLAUSES: readonly Clause[] = [
  {
    name: 'I7: the username is expiry:user, the credential its HMAC-SHA1 in base64',
    async run(subject) {
      subject.setTime(START + 5);
      const { username, credential } = await turnOf(subject);
      expect(username).toMatch(/^\d+:[\w-]{16}$/);
      expect(Number.parseInt(username, 10)).toBe((await issue(subject)).expiresAt);
      expect(credential).toBe(createHmac('sha1', SECRET).update(username).digest('base64'));
    },
  },
  {
    name: 'I7: the user part is stable for one owner, and differs between owners and realms',
    async run(subject) {
      subject.setTime(START);
      const ann = await userOf(subject);
      const others = [await userOf(subject, BOB), await userOf(subject, { ...ANN, realm: realmKey('blue') })];
      subject.setTime(START + TTL);
      expect(await userOf(subject)).toBe(ann);
      expect(new Set([ann, ...others]).size).toBe(3);
    },
  },
  {
    name: 'I7: the realm and the owner can not be exchanged for each other',
    async run(subject) {
      const one = { realm: realmKey('a'), owner: 'bc' };
      expect(await userOf(subject, one)).not.toBe(await userOf(subject, { realm: realmKey('ab'), owner: 'c' }));
    },
  },
  {
    name: 'I7: after a tenth of the ttl the credentials are new',
    async run(subject) {
      subject.setTime(START);
      const first = await turnOf(subject);
      subject.setTime(START + TTL / 10);
      expect(await turnOf(subject)).not.toEqual(first);
    },
  },
];

/** The tests of a source of ICE servers. @param clauses `CLAUSES`, and `REST_CLAUSES` with credentials of the TURN REST API. */
export function iceServersContract(start: () => IceServersSubject, clauses: readonly Clause[] = CLAUSES): ContractTest[] {
  return clauses.map(({ name, run }) => ({ name, run: () => run(start()) }));
}

/** A subject with a manual clock. */
export function subjectOf(make: (unixTime: () => number) => IceServers): IceServersSubject {
  let now = START;
  return { iceServers: make(() => now), setTime: (seconds) => void (now = seconds) };
}
