import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import { FRAMES, USELESS_FRAMES } from './frames.ts';
import { wounded } from './mutations.ts';
import { meaningOf, membersOf, type Meaning } from './oracle.ts';
import { WRITTEN } from './written.ts';

type Relayed = Extract<FrameRequest, { action: 'relay' }>;

const SENDER = 'the "sender" \u2028😀' as PeerId;
const NOBODY = 'nobody' as PeerId;

/** Holds decode and encode to what JSON.parse makes of the same bytes; counts what it saw. */
class Judge {
  readonly seen = new Map<Meaning['is'], number>();
  readonly #dialect = new PeerjsDialect('/');

  judge(bytes: Uint8Array, isBinary: boolean): void {
    const meaning = meaningOf(bytes);
    this.seen.set(meaning.is, (this.seen.get(meaning.is) ?? 0) + 1);
    // A text frame is UTF-8, or no transport reports it.
    const request = this.#dialect.decode(bytes, isBinary || !isUtf8(bytes));
    expect(asked(request)).toEqual(asks(meaning));
    if (request.action !== 'relay' || meaning.is !== 'relayed') return;
    if (request.payload !== undefined) standsInFrame(bytes, request.payload, meaning);
    this.#leavesAsOne(request, meaning);
  }

  /** M1, M2, M3: one of each member and no other, the payload byte for byte. */
  #leavesAsOne({ kind, to, payload }: Relayed, meaning: Extract<Meaning, { is: 'relayed' }>): void {
    const written = Buffer.from(
      this.#dialect.encode({ kind, from: SENDER, to: (to as PeerId | undefined) ?? NOBODY, payload }),
    ).toString();
    const expected: [string, string][] = [
      ['type', JSON.stringify(meaning.type)],
      ['src', JSON.stringify(SENDER)],
      ['dst', JSON.stringify(meaning.dst ?? NOBODY)],
    ];
    if (payload !== undefined) expected.push(['payload', Buffer.from(payload).toString()]);
    expect(membersOf(written)).toEqual(expected);
    expect(JSON.parse(written)).toHaveProperty('src', SENDER);
  }
}

/** The payload is a view, holds the value of the last `payload` member, and nothing around it. */
function standsInFrame(bytes: Uint8Array, payload: Uint8Array, meaning: Extract<Meaning, { is: 'relayed' }>): void {
  expect(payload.buffer === bytes.buffer).toBe(true);
  const text = Buffer.from(payload).toString();
  expect(text).toBe(text.trim());
  expect(JSON.parse(text)).toEqual(meaning.payload?.value);

  const start = payload.byteOffset - bytes.byteOffset;
  const exchanged = Buffer.concat([bytes.subarray(0, start), Buffer.from('"exchanged"'), bytes.subarray(start + payload.length)]);
  expect(meaningOf(exchanged)).toEqual({ ...meaning, payload: { value: 'exchanged' } });
}

function asks(meaning: Meaning): object {
  switch (meaning.is) {
    case 'no object':
      return { action: 'malformed' };
    case 'heartbeat':
      return { action: 'heartbeat' };
    case 'not relayed':
      return { action: 'ignore', why: 'not-relayed' };
    case 'to no text':
      return { action: 'ignore', why: 'destination-not-text' };
    case 'goodbye':
      return { action: 'leave' };
    case 'relayed':
      return { action: 'relay', kind: meaning.type.toLowerCase(), to: meaning.dst, hasPayload: meaning.payload !== undefined };
  }
}

function asked(request: FrameRequest): object {
  if (request.action !== 'relay') return request;
  const { action, kind, to, payload } = request;
  return { action, kind, to, hasPayload: payload !== undefined };
}

function fuzz(frames: fc.Arbitrary<Uint8Array>, numRuns: number): Judge {
  const judge = new Judge();
  const property = fc.property(frames, fc.boolean(), (bytes, isBinary) => judge.judge(bytes, isBinary));
  fc.assert(property, { numRuns });
  return judge;
}

// A fuzzer that makes only garbage proves little.
const ALL_MEANINGS: readonly Meaning['is'][] = ['no object', 'heartbeat', 'not relayed', 'to no text', 'goodbye', 'relayed'];

describe.each([
  ['frames that went wrong on their way', wounded([...FRAMES, ...USELESS_FRAMES]), 20_000],
  ['frames in any hand', WRITTEN, 10_000],
] as const)('%s', (_, frames, numRuns) => {
  it('M1, M2, M3, M10: mean what they mean to JSON.parse, and leave as one object', () => {
    const { seen } = fuzz(frames, numRuns);
    expect([...seen.keys()]).toEqual(expect.arrayContaining([...ALL_MEANINGS]));
  });
});
