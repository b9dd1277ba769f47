import { beforeEach, describe, expect, it } from 'vitest';
import { BanTable, type Ban, type BanFacts, type BanRequest } from '../../../src/domain/bans.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { NEVER } from '../../../src/domain/time.ts';

const red = realmKey('red');
let bans: BanTable;
beforeEach(() => void (bans = new BanTable()));

function ban(what: BanRequest['what'], value: string, more: Partial<BanRequest> = {}): string | undefined {
  const added = bans.add({ what, value, realm: undefined, endsAt: NEVER, reason: undefined, ...more }, 0);
  return added.ok ? added.value.id : undefined;
}

function isBanned(facts: Partial<BanFacts>, now = 0): boolean {
  const client = { realm: red, id: 'ann', subject: undefined, tokenId: undefined, address: '192.0.2.1' };
  return bans.find({ ...client, ...facts }, now) !== undefined;
}

describe('a ban', () => {
  it('ADM4: applies to an id, in one realm or in all', () => {
    ban('id', 'ann', { realm: red });
    expect([isBanned({}), isBanned({ id: 'bob' }), isBanned({ realm: realmKey('blue') })]).toEqual([true, false, false]);
    ban('id', 'ann');
    expect(isBanned({ realm: realmKey('blue') })).toBe(true);
  });

  it('ADM4: applies to a user and to the id of a token', () => {
    ban('sub', 'user-1');
    ban('jti', 'token-1');
    expect([isBanned({ subject: 'user-1' }), isBanned({ tokenId: 'token-1' })]).toEqual([true, true]);
    expect([isBanned({}), isBanned({ subject: 'token-1', tokenId: 'user-1' })]).toEqual([false, false]);
  });

  it('ADM4, H17: applies to an IPv4 address, to the /64 of an IPv6 address, and to a network', () => {
    ban('address', '192.0.2.1');
    ban('address', '2001:0DB8::1');
    ban('address', '198.51.100.0/24');
    expect([isBanned({}), isBanned({ address: '192.0.2.2' })]).toEqual([true, false]);
    expect([isBanned({ address: '2001:db8::ffff' }), isBanned({ address: '2001:db8:1::1' })]).toEqual([true, false]);
    expect([isBanned({ address: '198.51.100.7' }), isBanned({ address: '198.51.101.7' })]).toEqual([true, false]);
    expect(isBanned({ address: 'unknown' })).toBe(false);
  });

  it('ADM4: ends', () => {
    ban('id', 'ann', { endsAt: 1_000 });
    ban('address', '192.0.2.0/24', { endsAt: 2_000 });
    expect([isBanned({}, 999), isBanned({}, 1_999), isBanned({}, 2_000)]).toEqual([true, true, false]);
    expect(bans.all(2_000)).toEqual([]);
  });

  it('ADM4: of the same target replaces the earlier one', () => {
    expect(ban('address', '192.0.2.1')).toBe(ban('address', '192.0.2.1', { reason: 'spam' }));
    expect(bans.all(0)).toMatchObject([{ id: 'address:192.0.2.1', reason: 'spam' }]);
  });

  it('ADM4: is removed by its id', () => {
    for (const id of [ban('id', 'ann'), ban('address', '192.0.2.0/24')]) bans.remove(id ?? '');
    expect([isBanned({}), bans.remove('id:*/ann')]).toEqual([false, undefined]);
  });

  it('ADM4: needs a usable value', () => {
    const unusable = [ban('id', ''), ban('sub', 'x'.repeat(257)), ban('address', 'ann'), ban('id', 'a\nb'), ban('id', '\uD800')];
    expect(unusable.filter((one) => one !== undefined)).toEqual([]);
  });
});

describe('the table of bans', () => {
  it('ADM4: has at most 500 networks and 10,000 others, and forgets bans that have ended first', () => {
    for (let n = 0; n < 500; n++) ban('address', `10.${n >> 8}.${n & 255}.0/24`, { endsAt: n === 0 ? 5 : NEVER });
    expect(ban('address', '192.0.2.0/24')).toBeUndefined();
    expect(ban('address', '192.0.2.1')).toBeDefined();
    const late: BanRequest = { what: 'address', value: '192.0.2.0/24', realm: undefined, endsAt: NEVER, reason: undefined };
    expect(bans.add(late, 5).ok).toBe(true);
    for (let n = 1; n < 10_000; n++) ban('id', `peer-${n}`);
    expect([ban('id', 'one-more'), ban('id', 'peer-1')]).toEqual([undefined, 'id:*/peer-1']);
  });

  it('ADM15: is checked without effect, and found by its id until it ends', () => {
    const request = { what: 'sub', value: 'ann', realm: undefined, endsAt: 5, reason: undefined } as const;
    expect([bans.check(request, 0), bans.all(0)]).toEqual([{ ok: true, value: { ...request, id: 'sub:ann' } }, []]);
    bans.add(request, 0);
    expect([bans.get('sub:ann', 4)?.value, bans.get('sub:ann', 5), bans.get('sub:bob', 0)]).toEqual([
      'ann',
      undefined,
      undefined,
    ]);
  });

  it('ADM15: all of them can be replaced: the result is whether one is new', () => {
    ban('sub', 'ann');
    ban('address', '192.0.2.0/24');
    const [ann, network] = bans.all(0) as [Ban, Ban];
    expect(bans.replaceAll([network, ann], 0)).toBe(false);
    expect([bans.replaceAll([{ ...ann, reason: 'spam' }], 0), isBanned({})]).toEqual([false, false]);
    expect(bans.all(0)).toMatchObject([{ value: 'ann', reason: 'spam' }]);
    expect([bans.replaceAll([network], 0), isBanned({})]).toEqual([true, true]);
  });

  it('ADM4: of a replacement beyond the limits have no effect', () => {
    const all = Array.from({ length: 502 }, (_, n) => {
      const value = `10.${n >> 8}.${n & 255}.0/24`;
      return { id: `address:${value}`, what: 'address', value, realm: undefined, endsAt: NEVER, reason: undefined } as const;
    });
    bans.replaceAll(all, 0);
    expect(bans.all(0)).toHaveLength(500);
  });
});
