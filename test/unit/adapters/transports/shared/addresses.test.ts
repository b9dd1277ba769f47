import { expect, it } from 'vitest';
import { addressFromBytes, normalizedAddress } from '../../../../../src/adapters/transports/shared/addresses.ts';

it('H10: addresses have one form, and IPv4-mapped IPv6 is IPv4', () => {
  expect(normalizedAddress('192.0.2.1')).toBe('192.0.2.1');
  expect(normalizedAddress('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(normalizedAddress('2001:0DB8:0:0:0:0:0:1')).toBe('2001:db8::1');
  expect(normalizedAddress('fe80::1%eth0')).toBe('fe80::1%eth0');
});

it('a missing address is an empty string: a pipe, or a disconnected client', () => {
  expect(normalizedAddress(undefined)).toBe('');
  expect(normalizedAddress('/run/pipe')).toBe('');
  expect(addressFromBytes(new Uint8Array())).toBe('');
});

it('H10: addresses with equal last bytes are distinguished', () => {
  const texts = (): string[] => [3, 4, 3].map((first) => addressFromBytes(Uint8Array.of(first, 0, 2, 1)));
  expect(texts()).toEqual(['3.0.2.1', '4.0.2.1', '3.0.2.1']);
  expect(addressFromBytes(Uint8Array.of(3, 0, 1, 2))).toBe('3.0.1.2');
});

it('H10: addresses from bytes have the same form', () => {
  expect(addressFromBytes(Uint8Array.of(192, 0, 2, 1))).toBe('192.0.2.1');
  expect(addressFromBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1))).toBe('192.0.2.1');
  expect(addressFromBytes(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0, 192, 0, 2, 1))).toBe('::ff00:c000:201');
  expect(addressFromBytes(Uint8Array.of(0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1))).toBe('2001:db8::1');
});
