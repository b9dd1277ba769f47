import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clientFrame, FrameReader } from '../../../../../src/adapters/broker-links/websocket/frame-reader.ts';

function serverFrame(opcode: number, payload: Uint8Array): Buffer {
  const { length } = payload;
  const head = length < 126 ? [opcode, length] : length < 65_536 ? [opcode, 126, length >> 8, length & 255] : undefined;
  if (head !== undefined) return Buffer.from([...head, ...payload]);
  const large = Buffer.alloc(10);
  large[0] = opcode;
  large[1] = 127;
  large.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([large, payload]);
}

function readAll(chunks: readonly Buffer[]): { messages: Buffer[]; pings: Buffer[]; ended: number } {
  const result = { messages: [] as Buffer[], pings: [] as Buffer[], ended: 0 };
  const reader = new FrameReader({
    message: (bytes) => void result.messages.push(Buffer.from(bytes)),
    ping: (bytes) => void result.pings.push(Buffer.from(bytes)),
    ended: () => (result.ended += 1),
  });
  // The bytes of a chunk are borrowed.
  for (const chunk of chunks) {
    const borrowed = Buffer.from(chunk);
    reader.read(borrowed);
    borrowed.fill(0xee);
  }
  return result;
}

describe('FrameReader', () => {
  it('reads messages of all sizes, in chunks of any size', () => {
    const sizes = fc.array(fc.oneof(fc.nat({ max: 200 }), fc.constantFrom(125, 126, 127, 65_535, 65_536, 70_000)), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(sizes, fc.array(fc.integer({ min: 1, max: 80_000 }), { minLength: 1, maxLength: 8 }), (all, cuts) => {
        const messages = all.map((size, n) => Buffer.alloc(size, n + 1));
        const bytes = Buffer.concat(messages.map((message) => serverFrame(0x82, message)));
        const chunks: Buffer[] = [];
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const end = at + (cuts[n % cuts.length] ?? 1);
          chunks.push(bytes.subarray(at, end));
          at = end;
        }
        expect(Buffer.concat(readAll(chunks).messages).equals(Buffer.concat(messages))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('passes pings on, and ignores pongs', () => {
    const chunk = Buffer.concat([serverFrame(0x8a, Buffer.from('a')), serverFrame(0x89, Buffer.from('b'))]);
    expect(readAll([chunk])).toEqual({ messages: [], pings: [Buffer.from('b')], ended: 0 });
  });

  it.each([
    ['a close frame', [0x88, 0]],
    ['a text', [0x81, 0]],
    ['a fragment', [0x02, 0]],
    ['a masked frame', [0x82, 0x80, 0, 0, 0, 0, 0, 0, 0, 0]],
    ['a frame above the limit', [0x82, 127, 0, 0, 0, 1, 0, 0, 0, 0]],
  ])('ends with %s, and reads nothing after it', (_, bytes) => {
    const after = serverFrame(0x82, Buffer.from('late'));
    expect(readAll([Buffer.from(bytes), after])).toEqual({ messages: [], pings: [], ended: 1 });
  });
});

describe('clientFrame', () => {
  it('masks the payload', () => {
    const frame = clientFrame('binary', Uint8Array.of(1, 2, 3, 4, 5), Uint8Array.of(1, 1, 1, 8));
    expect([...frame]).toEqual([0x82, 0x85, 1, 1, 1, 8, 0, 3, 2, 12, 4]);
    expect([...clientFrame('binary', new Uint8Array(200), Uint8Array.of(0, 0, 0, 0)).subarray(0, 4)]).toEqual([
      0x82, 0xfe, 0, 200,
    ]);
  });
});
