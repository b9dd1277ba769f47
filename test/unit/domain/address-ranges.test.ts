import { describe, expect, it } from 'vitest';
import { includesAddress, parseRange } from '../../../src/domain/address-ranges.ts';

function includes(range: string, address: string): boolean {
  const [one, other] = [parseRange(range), parseRange(address)];
  if (one === undefined || other === undefined) throw new Error('the test has no valid address');
  return includesAddress(one, other);
}

describe('parseRange', () => {
  it.each(['192.0.2.1', '10.0.0.0/8', '0.0.0.0/0', '2001:db8::1', '2001:db8::/32', '::', '1:2:3:4:5:6:7:8', 'FE80::/10'])(
    'reads %s',
    (text) => expect(parseRange(text)).toBeDefined(),
  );

  it.each([
    ...[
      '',
      'ann',
      '192.0.2',
      '192.0.2.256',
      '192.0.2.1/33',
      '192.0.2.1/',
      '192.0.2.1/8/8',
      '1.2.3.4.5',
      '-1.2.3.4',
      '010.0.0.1',
      '10.0.0.00/8',
    ],
    ...[
      '1::2::3',
      '1:2:3:4:5:6:7',
      '1:2:3:4:5:6:7:8:9',
      '12345::',
      'g::',
      '::1/129',
      '::ffff:192.0.2.1',
      'fe80::1%eth0',
      '1:::2',
    ],
  ])('rejects %j', (text) => expect(parseRange(text)).toBeUndefined());
});

describe('includesAddress', () => {
  it('compares the bits of the prefix only', () => {
    expect([includes('10.0.0.0/8', '10.255.1.2'), includes('10.0.0.0/8', '11.0.0.0')]).toEqual([true, false]);
    expect([includes('192.0.2.128/25', '192.0.2.129'), includes('192.0.2.128/25', '192.0.2.127')]).toEqual([true, false]);
    expect([includes('2001:db8::/33', '2001:db8:7fff::'), includes('2001:db8::/33', '2001:db8:8000::')]).toEqual([true, false]);
    expect([includes('192.0.2.1', '192.0.2.1'), includes('192.0.2.1', '192.0.2.2')]).toEqual([true, false]);
    expect(includes('0.0.0.0/0', '192.0.2.1')).toBe(true);
  });

  it('never includes an address of the other family', () => {
    expect([includes('0.0.0.0/0', '::'), includes('::/0', '0.0.0.0')]).toEqual([false, false]);
  });
});
