import { describe, expect, it } from 'vitest';
import {
  readLetter,
  readSeat,
  readSign,
  writeLetter,
  writeSeat,
  writeSign,
} from '../../../../../src/adapters/engines/nats/entries.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const OWNER = { node: nodeId('here'), connection: connectionId(3, 1), digest: 'abc' };
const LETTER = { from: 'ann' as PeerId, sender: { node: OWNER.node, connection: OWNER.connection }, kind: 'offer' } as const;
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('what stands in a journal', () => {
  it('comes back as it was written', () => {
    const seat = { owner: OWNER, collected: 7, by: 'x=1' };
    expect(readSeat(writeSeat(seat, undefined))).toEqual(seat);
    const free = { owner: undefined, collected: 0, by: 'x=2' };
    expect(readSeat(writeSeat(free, 5))).toEqual({ ...free, at: 5 });
    expect(readSign(writeSign(undefined))).toEqual({});
  });

  it.each([[''], ['{"sdp":"v=0\\r\\n"}'], ['\n\n'], ['\u0000']])('M2: carries a payload to the last byte: %j', (text) => {
    const read = readLetter(writeLetter({ ...LETTER, payload: bytes(text) }, undefined));
    expect(read).toMatchObject(LETTER);
    expect('payload' in read && Buffer.from(read.payload ?? []).toString()).toBe(text);
  });

  it('tells no payload from an empty one', () => {
    expect(readLetter(writeLetter({ ...LETTER, sender: undefined, payload: undefined }, undefined))).toMatchObject({
      ...{ sender: undefined, payload: undefined },
    });
  });

  it('says of another version that it is one', () => {
    for (const read of [readSeat, readLetter, readSign]) {
      expect(read(bytes('{"v":2}'))).toEqual({ why: 'unknown-version', version: 2 });
      expect(read(bytes('{}'))).toEqual({ why: 'unknown-version', version: undefined });
    }
  });

  it.each(['', '{', 'null', '7', '"text"', '\n', '{"v":1'])('is unreadable: %j', (text) => {
    for (const read of [readSeat, readLetter, readSign]) expect(read(bytes(text))).toMatchObject({ why: expect.any(String) });
  });

  it.each(['{"v":1}', '{"v":1,"collected":"7","by":"x"}', '{"v":1,"collected":7,"by":"x","owner":{"node":1}}'])(
    'is no seat: %s',
    (text) => expect(readSeat(bytes(text))).toEqual({ why: 'unreadable' }),
  );

  it('is no letter without a sender and a kind', () => {
    expect(readLetter(bytes('{"v":1,"from":"ann"}\n'))).toEqual({ why: 'unreadable' });
    expect(readLetter(bytes('{"v":1,"kind":"offer"}\n'))).toEqual({ why: 'unreadable' });
  });
});
