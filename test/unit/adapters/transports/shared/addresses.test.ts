import { expect, it } from 'vitest';
import { addressFromBytes, normalizedAddress } from '../../../../../src/adapters/transports/shared/addresses.ts';

it('H10: addresses are told in one form, IPv4 inside IPv6 as IPv4', () => {
  expect(normalizedAddress('192.0.2.1')).toBe('192.0.2.1');
  expect(normalizedAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(normalizedAddress('2001:0DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
  expect(normalizedAddress('fe80::1%eth0')).toBe('fe80::1%eth0');
});

it('where there is no address the text is empty: a pipe, or a far end that has gone', () => {
  expect(normalizedAddress(undefined)).toBe('');
  expect(normalizedAddress('/run/pipe')).toBe('');
  expect(addressFromBytes(new Uint8Array())).toBe('');
});

it('H10: the same from bytes', () => {
  expect(addressFromBytes(Uint8Array.of(192, 0, 2, 1))).toBe('192.0.2.1');
  expect(addressFromBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1))).toBe('192.0.2.1');
  expect(addressFromBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 192, 0, 2, 1))).toBe('::ff00:c000:201');
  expect(addressFromBytes(Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe('2001:db8::1');
});
