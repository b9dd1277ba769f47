import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RealmSession, Realm } from '../../../src/domain/realm.ts';
import { takeTokens } from '../../../src/domain/rate-limiter.ts';
import { Realms } from '../../../src/domain/realms.ts';
import { Token } from '../../../src/domain/token.ts';
import { LIMITS, REALM_IDENTITY, session } from './session-fixture.ts';

const { node } = REALM_IDENTITY;

function realmsOf(...keys: string[]): Realms {
  return new Realms(keys, node, LIMITS);
}

/** A connection of a realm, from its first report to its last. */
function connect(realms: Realms, key: string, id = 'ann', now = 0, token = 't'): RealmSession {
  const realm = realms.resolveForConnection(key);
  if (!realm.ok) throw new Error(realm.refusal.reason);
  const connected = session(id, realm.value, now, { token: new Token(token) });
  realm.value.connecting(connected, now);
  realm.value.admit(connected);
  realm.value.mailboxFetched({ session: connected, replaces: 'nothing', alreadyFetched: [] }, [], [], []);
  return connected;
}

const keysOf = (realms: Realms): string[] => realms.all().map(({ key }) => key);

describe('realms of literal keys', () => {
  it('O2: has one realm for each key, and none for other keys', () => {
    const realms = realmsOf('red', '__proto__');
    expect(keysOf(realms)).toEqual(['red', '__proto__']);
    expect([realms.find('red')?.key, realms.find('__proto__')?.key, realms.find('toString')]).toEqual([
      'red',
      '__proto__',
      undefined,
    ]);
    expect(realms.resolve('toString')).toBeUndefined();
    expect(realms.resolveForConnection('toString')).toEqual({ ok: false, refusal: { reason: 'key-unknown' } });
  });

  it('R6: clients without a key use the first key without *', () => {
    expect(realmsOf('a-*', 'red', 'blue').resolve(undefined)?.key).toBe('red');
    expect(realmsOf('a-*').resolve(undefined)).toBeUndefined();
    expect(realmsOf('a-*').resolveForConnection(undefined).ok).toBe(false);
  });
});

describe('realms by pattern', () => {
  it('R2: begins with its first connection and ends with its last', () => {
    const realms = realmsOf('peerjs', 'team-*');
    const [ann, bob] = [connect(realms, 'team-1', 'ann'), connect(realms, 'team-1', 'bob')];
    expect(keysOf(realms)).toEqual(['peerjs', 'team-1']);
    expect(ann.realm).toBe(bob.realm);
    ann.realm.lost(ann);
    expect(realms.find('team-1')).toBe(bob.realm);
    bob.realm.leave(bob);
    expect(keysOf(realms)).toEqual(['peerjs', 'team-1']);
    bob.realm.lost(bob);
    expect([keysOf(realms), realms.find('team-1')]).toEqual([['peerjs'], undefined]);
  });

  it('R2: an operation without a result keeps the realm', () => {
    const realms = realmsOf('team-*');
    const ann = connect(realms, 'team-1');
    ann.realm.use.add();
    ann.realm.lost(ann);
    expect(realms.find('team-1')).toBe(ann.realm);
    ann.realm.use.remove();
    expect(realms.all()).toEqual([]);
  });

  it('R2: a request alone begins no realm', () => {
    const realms = realmsOf('team-*');
    expect([realms.resolve('team-1')?.key, realms.resolveForConnection('team-1').ok]).toEqual(['team-1', true]);
    expect(realms.all()).toEqual([]);
  });

  it('R1: a literal key takes precedence over a pattern', () => {
    const realms = realmsOf('team-*', 'team-1');
    const ann = connect(realms, 'team-1');
    ann.realm.lost(ann);
    expect(keysOf(realms)).toEqual(['team-1']);
  });

  it('R3: at max_realms, a key that is not in use is refused with the limit; keys in use and literal keys are not', () => {
    const realms = realmsOf('peerjs', 'team-*');
    const [ann] = [connect(realms, 'team-1'), connect(realms, 'team-2')];
    expect(realms.resolveForConnection('team-3')).toEqual({ ok: false, refusal: { reason: 'too-many-realms', limit: 2 } });
    expect(['team-2', 'peerjs'].map((key) => realms.resolveForConnection(key).ok)).toEqual([true, true]);
    expect(realms.resolve('team-3')?.key).toBe('team-3');
    ann.realm.lost(ann);
    expect(realms.resolveForConnection('team-3').ok).toBe(true);
  });

  it('R4: a realm that ends and begins again does not refill the rate limit of its peers', () => {
    const realms = realmsOf('team-*');
    const first = connect(realms, 'team-1');
    for (let n = 0; n < LIMITS.messageBurst; n++) first.realm.frameReceived(first, 0);
    first.realm.lost(first);
    expect(realms.all()).toEqual([]);
    const second = connect(realms, 'team-1');
    expect(second.realm).not.toBe(first.realm);
    expect(second.realm.frameReceived(second, 0)).toMatchObject({ do: 'close', ending: 'flooding' });
    const [elsewhere, stranger] = [connect(realms, 'team-2'), connect(realms, 'team-1', 'ann', 0, 'other')];
    for (const peer of [elsewhere, stranger]) expect(peer.realm.frameReceived(peer, 0)).toBeUndefined();
  });

  it('R4: a rate limiter is dropped when it is full again', () => {
    const realms = realmsOf('team-*');
    const first = connect(realms, 'team-1');
    first.realm.frameReceived(first, 0);
    first.realm.lost(first);
    realms.sweep(100_000, () => undefined);
    const second = connect(realms, 'team-1', 'ann', 100_000);
    expect(takeTokens(second, 100_000, LIMITS.messageBurst)).toBe(0);
  });

  it('L1, L5, L6: closes idle peers of all realms, and pings those that are due, in their own realm', () => {
    const realms = realmsOf('peerjs', 'team-*');
    const peers = ['team-1', 'team-2', 'peerjs'].map((key, n) => connect(realms, key, 'ann', n * 1_000));
    const swept = (now: number): unknown[] => {
      const decisions: unknown[] = [];
      realms.sweep(now, (realm, decision) => decisions.push([realm.key, decision.do]));
      return decisions;
    };
    expect(realms.nextDeadline()).toBe(30_000);
    expect(swept(31_000)).toEqual([
      ['team-1', 'ping'],
      ['team-2', 'ping'],
    ]);
    realms.addPause(10_000);
    expect([swept(69_999), swept(70_000)]).toEqual([[['peerjs', 'ping']], [['team-1', 'close']]]);
    expect(peers.map(({ state }) => state)).toEqual(['closing', 'open', 'open']);
    expect(swept(72_000)).toEqual([
      ['peerjs', 'close'],
      ['team-2', 'close'],
    ]);
    expect(realms.nextDeadline()).toBe(Number.POSITIVE_INFINITY);
  });

  it('R5: keeps no publications', () => {
    const traits = { space: 'updates', keepsHistory: true };
    const realms = realmsOf('peerjs', 'team-*');
    expect(realms.resolve('peerjs')?.topics(traits).keepsHistory).toBe(true);
    expect(realms.resolve('team-1')?.topics(traits).keepsHistory).toBe(false);
  });

  it('R2, R3: has exactly the realms in use, for any order of connections and operations', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('open', 'close', 'begin', 'end'), fc.nat(3), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (all) => {
        const realms = new Realms(['k*'], node, { ...LIMITS, maxRealms: 3, concurrentLimit: 100 });
        const users: { key: string; end: () => void; kind: string }[] = [];
        for (const [kind, which, pick] of all) {
          const key = `k${which}`;
          const inUse = new Set(users.map((user) => user.key));
          const isRefused = !inUse.has(key) && inUse.size >= 3;
          expect(realms.resolveForConnection(key).ok).toBe(!isRefused);
          const realm = realms.find(key);
          if (kind === 'open' && !isRefused) {
            const peer = connect(realms, key, `p${users.length}`);
            users.push({ key, kind, end: () => void peer.realm.lost(peer) });
          } else if (kind === 'begin' && realm !== undefined) {
            realm.use.add();
            users.push({ key, kind, end: () => realm.use.remove() });
          } else if (kind === 'close' || kind === 'end') users.splice(pick, 1)[0]?.end();
          expect(new Set(keysOf(realms))).toEqual(new Set(users.map((user) => user.key)));
          expect(realms.all().every((open: Realm) => realms.find(open.key) === open)).toBe(true);
        }
        for (const { end } of users) end();
        expect(realms.all()).toEqual([]);
      }),
    );
  });
});
