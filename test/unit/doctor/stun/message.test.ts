import { describe, expect, it } from 'vitest';
import {
  addressIn,
  ATTRIBUTES,
  decodeResponse,
  encodeAddress,
  encodeRequest,
  longTermKey,
  messageLength,
  statusOf,
} from '../../../../doctor/stun/message.ts';

/* The sample responses of RFC 5769, 2.2 and 2.3. */
const RESPONSE_IPV4 = Buffer.from(
  '0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000080001a147e112a643' +
    '000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96',
  'hex',
);
const RESPONSE_IPV6 = Buffer.from(
  '010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220002000140002a147' +
    '0113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c',
  'hex',
);

describe('STUN responses', () => {
  it.each([
    [RESPONSE_IPV4, '192.0.2.1'],
    [RESPONSE_IPV6, '2001:db8:1234:5678:11:2233:4455:6677'],
  ])('give the mapped address of the samples of RFC 5769', (bytes, address) => {
    const response = decodeResponse(bytes);
    expect(response).toMatchObject({ transaction: 'b7e7a701bc34d686fa87dfae', isSuccess: true });
    expect(response && addressIn(response, ATTRIBUTES.mapped)).toEqual({ address, port: 32853 });
    expect(response && statusOf(response)).toBe(200);
  });

  it('are undefined for requests, other protocols, and bytes that end early', () => {
    const { bytes } = encodeRequest('binding', []);
    const cut = Buffer.from(RESPONSE_IPV4);
    cut.writeUInt16BE(500, 22);
    for (const wrong of [bytes, Buffer.alloc(0), Buffer.alloc(30), cut]) expect(decodeResponse(wrong)).toBeUndefined();
  });

  it('give the code of an error', () => {
    const attributes = new Map([[ATTRIBUTES.error, Buffer.from([0, 0, 4, 86])]]);
    expect(statusOf({ transaction: '', isSuccess: false, attributes })).toBe(486);
    expect(statusOf({ transaction: '', isSuccess: false, attributes: new Map() })).toBe(0);
    expect(addressIn({ transaction: '', isSuccess: true, attributes }, ATTRIBUTES.error)).toBeUndefined();
  });
});

describe('STUN requests', () => {
  it('have a length of their attributes, padded', () => {
    const { bytes, transaction } = encodeRequest('allocate', [[ATTRIBUTES.username, Buffer.from('abcde')]]);
    expect([bytes.readUInt16BE(0), bytes.readUInt16BE(2), bytes.length]).toEqual([3, 12, 32]);
    expect(bytes.toString('hex', 8, 20)).toBe(transaction);
    expect([messageLength(bytes), messageLength(bytes.subarray(0, 19))]).toEqual([32, undefined]);
  });

  it('have a signature if there is a key', () => {
    const { bytes } = encodeRequest('refresh', [], Buffer.from('key'));
    expect([bytes.readUInt16BE(2), bytes.readUInt16BE(20), bytes.readUInt16BE(22)]).toEqual([24, ATTRIBUTES.integrity, 20]);
  });

  it('encode the sample address of RFC 5769', () =>
    expect(encodeAddress({ address: '192.0.2.1', port: 32853 }).toString('hex')).toBe('0001a147e112a643'));

  it('sign with the key of RFC 8489, 9.2.2', () =>
    expect(longTermKey('user', 'realm', 'pass').toString('hex')).toBe('8493fbc53ba582fb4c044c456bdc40eb'));
});
