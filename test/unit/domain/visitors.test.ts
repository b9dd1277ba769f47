import { describe, expect, it } from 'vitest';
import { Visitors, type VisitorLimits } from '../../../src/domain/visitors.ts';

const LIMITS: VisitorLimits = { connections: 3, connectionsPerAddress: 2, requestsPerWindow: 2, requestWindow: 1_000 };
const visitors = (limits: Partial<VisitorLimits> = {}): Visitors => new Visitors({ ...LIMITS, ...limits }, 0);

describe('visitors', () => {
  it('promise 5: bounds the connections of an address, and of all', () => {
    const all = visitors();
    for (const address of ['a', 'a', 'b']) all.enter(address);
    expect([all.refuses('c'), all.open]).toEqual(['too-many-connections', 3]);
    all.leave('b');
    expect([all.refuses('a'), all.refuses('c')]).toEqual(['too-many-connections-from-address', undefined]);
    all.leave('a');
    expect(all.refuses('a')).toBeUndefined();
  });

  it('promise 5: remembers nobody who has gone', () => {
    const all = visitors();
    for (let i = 0; i < 10; i++) {
      all.enter('a');
      all.leave('a');
    }
    expect([all.open, all.refuses('a')]).toEqual([0, undefined]);
  });

  it('H9: counts requests of an address in a fixed window', () => {
    const all = visitors();
    expect([0, 100, 200, 900].map((now) => all.ask('a', now))).toEqual([0, 0, 800, 100]);
    expect([all.ask('b', 950), all.ask('a', 1_000)]).toEqual([0, 0]);
  });

  it('H17: of IPv6, a /64 may have twice the connections of one address', () => {
    const all = visitors({ connections: 10 });
    for (const address of ['2001:db8::1', '2001:db8::1', '2001:db8::2']) all.enter(address);
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => all.refuses(address))).toEqual([
      ...['too-many-connections-from-address', undefined, undefined],
    ]);
    all.enter('2001:db8::2');
    expect([all.refuses('2001:db8::3'), all.refuses('2001:db8:0:1::3')]).toEqual([
      ...['too-many-connections-from-address', undefined],
    ]);
    all.leave('2001:db8::2');
    expect(all.refuses('2001:db8::3')).toBeUndefined();
  });

  it('H17: of IPv6, a /64 has the HTTP requests of one address', () => {
    const all = visitors();
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => all.ask(address, 0))).toEqual([0, 0, 1_000]);
  });

  it('H9: is off at 0', () => {
    const all = visitors({ requestsPerWindow: 0 });
    expect(Array.from({ length: 9 }, () => all.ask('a', 0))).not.toContain(1_000);
  });

  it('H9, promise 5: a crowd of invented addresses shares one account, known ones keep theirs', () => {
    const all = visitors();
    for (let i = 0; i < 65_536; i++) all.ask(`address ${i}`, 0);
    expect([all.ask('new 1', 0), all.ask('new 2', 0), all.ask('new 3', 0)]).toEqual([0, 0, 1_000]);
    expect(all.ask('address 5', 0)).toBe(0);
  });
});
