import { describe, expect, it } from 'vitest';
import {
  decodeBatch,
  decodeClaim,
  decodeLease,
  decodeMarker,
  decodeRemoval,
  encodeBatch,
  encodeClaim,
  encodeMarker,
  encodeRemoval,
} from '../../../../../src/adapters/engines/nats/entries.ts';
import { connectionId, nodeId, type PeerId } from '../../../../../src/domain/ids.ts';

const OWNER = { node: nodeId('here'), connection: connectionId(3, 1), digest: 'abc' };
const SENDER = { node: OWNER.node, connection: OWNER.connection };
const MESSAGE = { from: 'ann' as PeerId, to: 'bob' as PeerId, sender: SENDER, kind: 'offer' } as const;
const bytes = (text: string): Uint8Array => Buffer.from(text);

describe('entries of a journal', () => {
  it('are decoded as they were encoded', () => {
    const claim = { owner: OWNER, changeId: 'x=1' };
    expect(decodeClaim(encodeClaim(claim, undefined))).toEqual(claim);
    const free = { owner: undefined, changeId: 'x=2' };
    expect(decodeClaim(encodeClaim(free, 5))).toEqual({ ...free, at: 5 });
    expect(decodeMarker(encodeMarker(undefined))).toEqual({});
    for (const connection of [OWNER.connection, undefined]) {
      const removal = { node: OWNER.node, connection, upTo: 7 };
      expect(decodeRemoval(encodeRemoval(removal, 5))).toEqual({ ...removal, at: 5 });
    }
  });

  it('have the field names of the stored format', () => {
    const head = { from: 'ann', to: 'bob', sender: SENDER, kind: 'offer', proof: 'p', bytes: 2 };
    const written = [
      encodeClaim({ owner: OWNER, changeId: 'x=1' }, 5),
      encodeRemoval({ node: OWNER.node, connection: OWNER.connection, upTo: 7 }, undefined),
      encodeMarker(5),
      encodeBatch([{ ...MESSAGE, payload: bytes('{}'), proof: 'p' }], undefined).subarray(0, -3),
    ];
    expect(written.map((entry) => JSON.parse(Buffer.from(entry).toString()) as unknown)).toEqual([
      { v: 1, at: 5, owner: OWNER, by: 'x=1' },
      { v: 1, node: 'here', connection: OWNER.connection, upTo: 7 },
      { v: 1, at: 5 },
      { v: 1, letters: [head] },
    ]);
  });

  it('M2: carry payloads to the last byte, and distinguish no payload from an empty one', () => {
    const texts = ['', '{"sdp":"v=0\\r\\n"}', '\n\n', undefined, '\u0000', 'é'];
    const messages = texts.map((text) => ({ ...MESSAGE, payload: text === undefined ? undefined : bytes(text) }));
    const read = decodeBatch(encodeBatch([...messages, { ...MESSAGE, sender: undefined, payload: undefined }], 3));
    if ('why' in read) throw new Error(read.why);
    expect(read.at).toBe(3);
    expect(read.messages.map(({ payload }) => (payload === undefined ? undefined : Buffer.from(payload).toString()))).toEqual([
      ...texts,
      undefined,
    ]);
    expect(read.messages.map(({ sender }) => sender)).toEqual([...texts.map(() => SENDER), undefined]);
    expect(read.messages[0]).toMatchObject({ from: 'ann', to: 'bob', kind: 'offer' });
  });

  it('of another version are rejected with that version', () => {
    for (const read of [decodeClaim, decodeRemoval, decodeBatch, decodeMarker]) {
      expect(read(bytes('{"v":2}'))).toEqual({ why: 'unknown-version', version: 2 });
      expect(read(bytes('{}'))).toEqual({ why: 'unknown-version', version: undefined });
    }
  });

  it('a lease of another version is decoded', () => {
    expect(decodeLease(encodeMarker(5))).toEqual({ version: 1, at: 5 });
    expect(decodeLease(bytes('{"v":2,"new":true}'))).toEqual({ version: 2 });
    expect(decodeLease(bytes('{"v":"2"}'))).toEqual({ why: 'unknown-version', version: '2' });
    for (const text of ['', '{', 'null', '7']) expect(decodeLease(bytes(text))).toMatchObject({ why: expect.any(String) });
  });

  it.each(['', '{', 'null', '7', '"text"', '\n', '{"v":1'])('are unreadable: %j', (text) => {
    for (const read of [decodeClaim, decodeRemoval, decodeBatch, decodeMarker]) {
      expect(read(bytes(text))).toMatchObject({ why: expect.any(String) });
    }
  });

  it.each(['{"v":1}', '{"v":1,"by":7}', '{"v":1,"by":"x","owner":{"node":1}}'])('is not a claim: %s', (text) =>
    expect(decodeClaim(bytes(text))).toEqual({ why: 'unreadable' }),
  );

  it.each(['{"v":1}', '{"v":1,"node":"x"}', '{"v":1,"node":"x","upTo":"1"}', '{"v":1,"node":"x","upTo":1,"connection":"1"}'])(
    'is not a removal: %s',
    (text) => expect(decodeRemoval(bytes(text))).toEqual({ why: 'unreadable' }),
  );

  it.each([
    '{"v":1}',
    '{"v":1,"letters":{}}',
    '{"v":1,"letters":[7]}',
    '{"v":1,"letters":[{"from":"ann","to":"bob"}]}',
    '{"v":1,"letters":[{"from":"ann","to":"bob","kind":"offer","bytes":-1}]}',
    '{"v":1,"letters":[{"from":"ann","to":"bob","kind":"offer","bytes":9}]}\nshort',
  ])('is not a batch: %s', (text) => expect(decodeBatch(bytes(text))).toEqual({ why: 'unreadable' }));
});
