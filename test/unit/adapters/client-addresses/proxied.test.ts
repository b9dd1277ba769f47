import { describe, expect, it } from 'vitest';
import { parseSubnet, ProxiedAddresses, type TrustedProxies } from '../../../../src/adapters/client-addresses/proxied.ts';

const PROXY = '10.0.0.1';

interface Visit {
  readonly trusted: TrustedProxies;
  readonly forwarded?: string;
  readonly from?: string;
}

function clientOf({ trusted, forwarded, from = PROXY }: Visit): string {
  const header = (name: string): string | undefined => (name === 'x-forwarded-for' ? forwarded : undefined);
  return new ProxiedAddresses(trusted).of({ method: 'GET', path: '/', query: '', remoteAddress: from, header });
}

describe('H10: so many hops are trusted', () => {
  it('one hop: the last entry, whatever is claimed before it', () => {
    expect(clientOf({ trusted: 1, forwarded: '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9');
  });

  it('true is one hop, false is none', () => {
    expect(clientOf({ trusted: true, forwarded: '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: false, forwarded: '203.0.113.9' })).toBe(PROXY);
  });

  it('two hops: the last entry but one', () => {
    expect(clientOf({ trusted: 2, forwarded: '1.1.1.1,203.0.113.9,10.0.0.2' })).toBe('203.0.113.9');
  });

  it('with fewer entries than hops, the first entry', () => {
    expect(clientOf({ trusted: 3, forwarded: '203.0.113.9' })).toBe('203.0.113.9');
  });

  it('without the header, the far end of the connection', () => {
    expect(clientOf({ trusted: 1 })).toBe(PROXY);
    expect(clientOf({ trusted: 1, forwarded: '' })).toBe(PROXY);
  });
});

describe('H10: proxies of certain subnets are trusted', () => {
  const trusted = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.4'];

  it('the nearest address outside of them', () => {
    expect(clientOf({ trusted, forwarded: '1.1.1.1, 203.0.113.9, 10.9.9.9, 192.0.2.4' })).toBe('203.0.113.9');
  });

  it('whoever connects from outside of them is the client, whatever the header says', () => {
    expect(clientOf({ trusted, forwarded: '1.1.1.1', from: '203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted, forwarded: '1.1.1.1', from: '' })).toBe('');
  });

  it('where every entry is a trusted proxy, the first', () => {
    expect(clientOf({ trusted, forwarded: '10.0.0.3, 10.0.0.2' })).toBe('10.0.0.3');
  });

  it('IPv6 subnets hold IPv6 addresses, and IPv4 inside IPv6 is IPv4', () => {
    expect(clientOf({ trusted, forwarded: '2001:db9::1, 2001:db8::7' })).toBe('2001:db9::1');
    expect(clientOf({ trusted, forwarded: '203.0.113.9, ::ffff:10.1.1.1' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: ['::ffff:10.0.0.0/104'], forwarded: '203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: ['::/0'], forwarded: '203.0.113.9' })).toBe(PROXY);
  });
});

describe('H10: what is no address ends the walk at the last good one', () => {
  for (const garbage of [
    'unknown',
    '',
    '_hidden',
    '1',
    '0x7f.1',
    '999.1.1.1',
    '1.2.3.4:',
    'fe80::1%eth0',
    '[::1',
    '<script>',
    '1.2.3.4 5',
  ]) {
    it(JSON.stringify(garbage), () => {
      expect(clientOf({ trusted: 2, forwarded: garbage })).toBe(PROXY);
      expect(clientOf({ trusted: 3, forwarded: `1.1.1.1, ${garbage}, 10.0.0.2` })).toBe('10.0.0.2');
    });
  }

  it('an entry may have a port, and IPv6 brackets', () => {
    expect(clientOf({ trusted: 1, forwarded: '203.0.113.9:1234' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: 1, forwarded: '[2001:DB8:0::1]:443' })).toBe('2001:db8::1');
    expect(clientOf({ trusted: 1, forwarded: '[2001:db8::1]' })).toBe('2001:db8::1');
  });

  it('one address has one spelling', () => {
    expect(clientOf({ trusted: 1, forwarded: '2001:0DB8:0000::0001' })).toBe('2001:db8::1');
    expect(clientOf({ trusted: 1, forwarded: '::ffff:203.0.113.9' })).toBe('203.0.113.9');
  });

  it('of thousands of trusted entries only the nearest are read', () => {
    const forwarded = Array.from({ length: 20_000 }, (_, i) => `10.1.${(i >> 8) & 255}.${i & 255}`).join(',');
    expect(clientOf({ trusted: ['10.0.0.0/8'], forwarded })).toBe(`10.1.${(19_936 >> 8) & 255}.${19_936 & 255}`);
  });
});

describe('a subnet', () => {
  it('is an address with or without the length of its prefix', () => {
    for (const text of ['10.0.0.0/8', '10.0.0.0/0', '192.0.2.1', '::1', '2001:db8::/128', '::ffff:10.0.0.0/96']) {
      expect(parseSubnet(text), text).toBeDefined();
    }
  });

  it('is nothing else', () => {
    for (const text of [
      '',
      'x',
      '10',
      '10/8',
      '10.0.0.0/33',
      '10.0.0.0/',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '::/129',
      '::1%lo',
      '::ffff:1.1.1.1/95',
    ]) {
      expect(parseSubnet(text), text).toBeUndefined();
    }
  });
});
