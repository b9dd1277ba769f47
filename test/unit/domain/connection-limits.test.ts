import { describe, expect, it } from 'vitest';
import { ConnectionLimits, type ConnectionLimitSettings } from '../../../src/domain/connection-limits.ts';

const LIMITS: ConnectionLimitSettings = { connections: 3, connectionsPerAddress: 2, requestsPerWindow: 2, requestWindow: 1_000 };
const visitors = (limits: Partial<ConnectionLimitSettings> = {}): ConnectionLimits =>
  new ConnectionLimits({ ...LIMITS, ...limits }, 0);

describe('ConnectionLimits', () => {
  it('promise 5: limits the connections of one address, and of all addresses', () => {
    const all = visitors();
    for (const address of ['a', 'a', 'b']) all.add(address);
    expect([all.refusalFor('c'), all.open]).toEqual(['too-many-connections', 3]);
    all.remove('b');
    expect([all.refusalFor('a'), all.refusalFor('c')]).toEqual(['too-many-connections-from-address', undefined]);
    all.remove('a');
    expect(all.refusalFor('a')).toBeUndefined();
  });

  it('promise 5: keeps no counter of an address without connections', () => {
    const all = visitors();
    for (let i = 0; i < 10; i++) {
      all.add('a');
      all.remove('a');
    }
    expect([all.open, all.refusalFor('a')]).toEqual([0, undefined]);
  });

  it('H9: limits the requests of one address in a fixed window', () => {
    const all = visitors();
    expect([0, 100, 200, 900].map((now) => all.countRequest('a', now))).toEqual([0, 0, 800, 100]);
    expect([all.countRequest('b', 950), all.countRequest('a', 1_000)]).toEqual([0, 0]);
  });

  it('H17: limits an IPv6 /64 network to twice the connections of one address', () => {
    const all = visitors({ connections: 10 });
    for (const address of ['2001:db8::1', '2001:db8::1', '2001:db8::2']) all.add(address);
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => all.refusalFor(address))).toEqual([
      ...['too-many-connections-from-address', undefined, undefined],
    ]);
    all.add('2001:db8::2');
    expect([all.refusalFor('2001:db8::3'), all.refusalFor('2001:db8:0:1::3')]).toEqual([
      ...['too-many-connections-from-address', undefined],
    ]);
    all.remove('2001:db8::2');
    expect(all.refusalFor('2001:db8::3')).toBeUndefined();
  });

  it('H17: counts the HTTP requests of an IPv6 /64 network as one address', () => {
    const all = visitors();
    expect(['2001:db8::1', '2001:db8::2', '2001:db8::3'].map((address) => all.countRequest(address, 0))).toEqual([0, 0, 1_000]);
  });

  it('H9: does not limit requests if the limit is 0', () => {
    const all = visitors({ requestsPerWindow: 0 });
    expect(Array.from({ length: 9 }, () => all.countRequest('a', 0))).not.toContain(1_000);
  });

  it('H9, promise 5: counts addresses beyond 65,536 in one shared counter; known addresses keep their own', () => {
    const all = visitors();
    for (let i = 0; i < 65_536; i++) all.countRequest(`address ${i}`, 0);
    expect([all.countRequest('new 1', 0), all.countRequest('new 2', 0), all.countRequest('new 3', 0)]).toEqual([0, 0, 1_000]);
    expect(all.countRequest('address 5', 0)).toBe(0);
  });
});
