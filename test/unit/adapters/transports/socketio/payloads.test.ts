import { describe, expect, it } from 'vitest';
import { MALFORMED, encodePayload, readPayload } from '../../../../../src/adapters/transports/socketio/payloads.ts';

const read = (body: string | Uint8Array, protocol: 3 | 4 = 4, isBinary = false): unknown[] => [
  ...readPayload(Buffer.from(body as string), protocol, isBinary),
];

describe('SIO9: payloads', () => {
  it('separate packets by 0x1e', () => {
    expect(encodePayload([Buffer.from('40'), Buffer.from('42["ž"]')], 4)).toBe('40\x1e42["ž"]');
    expect(read('40\x1e42["ž"]\x1ebAQI=')).toEqual(['40', '42["ž"]', Buffer.of(1, 2)]);
    expect(read('')).toEqual(['']);
    expect(read('\x1e\x1e')).toEqual(['', '', '']);
  });

  it('SIO11: count the characters of each packet in version 3', () => {
    expect(encodePayload([Buffer.from('40'), Buffer.from('42["ž"]')], 3)).toBe('2:407:42["ž"]');
    expect(read('2:407:42["ž"]6:b4AQI=', 3)).toEqual(['40', '42["ž"]', Buffer.of(1, 2)]);
  });

  it.each(['5:40', 'x', ':', '-1:4', '1e1:4', '9999999999:4', '2:403'])('SIO11: %s is malformed', (body) =>
    expect(read(body, 3).at(-1)).toBe(MALFORMED),
  );

  it('SIO11: may be bytes in version 3', () => {
    const body = Buffer.concat([
      Buffer.of(0, 1, 0, 0xff),
      Buffer.from('42["peerix"'.slice(0, 10)),
      Buffer.of(1, 3, 0xff, 4, 8, 9),
    ]);
    expect(read(body, 3, true)).toEqual(['42["peerix', Buffer.of(8, 9)]);
  });

  it.each([
    [0, 5, 0xff, 52],
    [0, 0xff],
    [0, 1],
    [1, 2, 0xff, 5, 9],
    [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0xff],
  ])('SIO11: bytes %j are malformed', (...bytes: number[]) => expect(read(Uint8Array.from(bytes), 3, true)).toEqual([MALFORMED]));
});
