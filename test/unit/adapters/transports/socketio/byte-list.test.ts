import { describe, expect, it } from 'vitest';
import { byteListText, readByteList } from '../../../../../src/adapters/transports/socketio/byte-list.ts';

describe('lists of byte numbers', () => {
  it('SIO3: are parsed at any position, with or without whitespace', () => {
    expect(readByteList('x[0, 255\t,\n 7 ]y', 1)).toEqual({ bytes: Buffer.of(0, 255, 7), end: 15 });
    expect(readByteList('[]', 0)).toEqual({ bytes: Buffer.alloc(0), end: 2 });
  });

  it.each(['[256]', '[1.5]', '[-1]', '[1', '[1,]', '[,1]', '["1"]', '[1e1]', '[1000000000000000000000]', '[1 2]', '['])(
    'SIO4: %s is not a list of byte numbers',
    (text) => expect(readByteList(text, 0)).toBeUndefined(),
  );

  it('SIO3: are written without whitespace', () => {
    expect(byteListText(Uint8Array.of(0, 10, 255)).toString()).toBe('0,10,255');
    expect(byteListText(new Uint8Array()).toString()).toBe('');
  });
});
