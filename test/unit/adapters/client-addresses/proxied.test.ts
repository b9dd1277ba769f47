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

describe('H10: a number of trusted hops', () => {
  it('one hop: the last entry, regardless of the entries before it', () => {
    expect(clientOf({ trusted: 1, forwarded: '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9');
  });

  it('true is one hop, false is none', () => {
    expect(clientOf({ trusted: true, forwarded: '1.1.1.1, 203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: false, forwarded: '203.0.113.9' })).toBe(PROXY);
  });

  it('two hops: the last entry but one', () => {
    expect(clientOf({ trusted: 2, forwarded: '1.1.1.1,203.0.113.9,10.0.0.2' })).toBe('203.0.113.9');
  });

  it('fewer entries than hops: the first entry', () => {
    expect(clientOf({ trusted: 3, forwarded: '203.0.113.9' })).toBe('203.0.113.9');
  });

  it('without the header: the remote address of the connection', () => {
    expect(clientOf({ trusted: 1 })).toBe(PROXY);
    expect(clientOf({ trusted: 1, forwarded: '' })).toBe(PROXY);
  });
});

describe('H10: proxies of trusted subnets', () => {
  const trusted = ['10.0.0.0/8', '2001:db8::/32', '192.0.2.4'];

  it('the nearest address outside of the subnets', () => {
    expect(clientOf({ trusted, forwarded: '1.1.1.1, 203.0.113.9, 10.9.9.9, 192.0.2.4' })).toBe('203.0.113.9');
  });

  it('a client that connects from outside of the subnets can send any header', () => {
    expect(clientOf({ trusted, forwarded: '1.1.1.1', from: '203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted, forwarded: '1.1.1.1', from: '' })).toBe('');
  });

  it('every entry is a trusted proxy: the first entry', () => {
    expect(clientOf({ trusted, forwarded: '10.0.0.3, 10.0.0.2' })).toBe('10.0.0.3');
  });

  it('IPv6 subnets contain IPv6 addresses, and IPv4-mapped IPv6 counts as IPv4', () => {
    expect(clientOf({ trusted, forwarded: '2001:db9::1, 2001:db8::7' })).toBe('2001:db9::1');
    expect(clientOf({ trusted, forwarded: '203.0.113.9, ::ffff:10.1.1.1' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: ['::ffff:10.0.0.0/104'], forwarded: '203.0.113.9' })).toBe('203.0.113.9');
    expect(clientOf({ trusted: ['::/0'], forwarded: '203.0.113.9' })).toBe(PROXY);
  });
});

describe('H10: an entry that is not an address ends the search at the previous address', () => {
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

  it('each address has one spelling', () => {
    expect(clientOf({ trusted: 1, forwarded: '2001:0DB8:0000::0001' })).toBe('2001:db8::1');
    expect(clientOf({ trusted: 1, forwarded: '::ffff:203.0.113.9' })).toBe('203.0.113.9');
  });

  it('only the nearest of thousands of trusted entries are read', () => {
    const forwarded = Array.from({ length: 20_000 }, (_, i) => `10.1.${(i >> 8) & 255}.${i & 255}`).join(',');
    expect(clientOf({ trusted: ['10.0.0.0/8'], forwarded })).toBe(`10.1.${(19_936 >> 8) & 255}.${19_936 & 255}`);
  });
});

describe('a subnet', () => {
  it('is an address with or without a prefix length', () => {
    for (const text of ['10.0.0.0/8', '10.0.0.0/0', '192.0.2.1', '::1', '2001:db8::/128', '::ffff:10.0.0.0/96']) {
      expect(parseSubnet(text), text).toBeDefined();
    }
  });

  it('is no other text', () => {
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
