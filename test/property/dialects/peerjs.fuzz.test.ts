import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import { FRAMES, INEFFECTIVE_FRAMES } from './frames.ts';
import { HAND_WRITTEN } from './hand-written-json.ts';
import { mutated } from './mutations.ts';
import { meaningOf, membersOf, type Meaning } from './oracle.ts';

type Relayed = Extract<FrameRequest, { action: 'relay' }>;

const SENDER = 'the "sender" \u2028😀' as PeerId;
const ABSENT = 'absent' as PeerId;

/** Compares `decode` and `encode` with JSON.parse on the same bytes, and counts the meanings. */
class Comparison {
  readonly counts = new Map<Meaning['is'], number>();
  readonly #dialect = new PeerjsDialect('/');

  check(bytes: Uint8Array, isBinary: boolean): void {
    const meaning = meaningOf(bytes);
    this.counts.set(meaning.is, (this.counts.get(meaning.is) ?? 0) + 1);
    // Transports report only text frames that are UTF-8.
    const request = this.#dialect.decode(bytes, isBinary || !isUtf8(bytes));
    expect(withoutPayload(request)).toEqual(expectedRequest(meaning));
    for (const likely of textsOf(bytes)) {
      expect(withoutPayload(this.#dialect.decode(bytes, isBinary || !isUtf8(bytes), likely))).toEqual(expectedRequest(meaning));
    }
    if (request.action !== 'relay' || meaning.is !== 'relayed') return;
    if (request.payload !== undefined) checkPayload(bytes, request.payload, meaning);
    this.#checkEncoding(request, meaning);
  }

  /** M1, M2, M3: the encoded message has each member once and no other, and the payload byte for byte. */
  #checkEncoding({ kind, to, payload }: Relayed, meaning: Extract<Meaning, { is: 'relayed' }>): void {
    const written = Buffer.from(
      this.#dialect.encode({ kind, from: SENDER, to: (to as PeerId | undefined) ?? ABSENT, payload }),
    ).toString();
    const expected: [string, string][] = [
      ['type', JSON.stringify(meaning.type)],
      ['src', JSON.stringify(SENDER)],
      ['dst', JSON.stringify(meaning.dst ?? ABSENT)],
    ];
    if (payload !== undefined) expected.push(['payload', Buffer.from(payload).toString()]);
    expect(membersOf(written)).toEqual(expected);
    expect(JSON.parse(written)).toHaveProperty('src', SENDER);
  }
}

/** The last destination that is written in a frame, and its bytes read in other ways. */
function textsOf(bytes: Uint8Array): string[] {
  const frame = Buffer.from(bytes).toString('latin1');
  const written = [...frame.matchAll(/"dst"\s*:\s*"((?:[^"\\]|\\.)*)"/g)].at(-1)?.[1];
  return written === undefined ? [] : [written, Buffer.from(written, 'latin1').toString()];
}

/** The payload is a view of exactly the value of the last `payload` member. */
function checkPayload(bytes: Uint8Array, payload: Uint8Array, meaning: Extract<Meaning, { is: 'relayed' }>): void {
  expect(payload.buffer === bytes.buffer).toBe(true);
  const text = Buffer.from(payload).toString();
  expect(text).toBe(text.trim());
  expect(JSON.parse(text)).toEqual(meaning.payload?.value);

  const start = payload.byteOffset - bytes.byteOffset;
  const replaced = Buffer.concat([bytes.subarray(0, start), Buffer.from('"replaced"'), bytes.subarray(start + payload.length)]);
  expect(meaningOf(replaced)).toEqual({ ...meaning, payload: { value: 'replaced' } });
}

function expectedRequest(meaning: Meaning): object {
  switch (meaning.is) {
    case 'not an object':
      return { action: 'malformed' };
    case 'heartbeat':
      return { action: 'heartbeat' };
    case 'not relayed':
      return { action: 'ignore', why: 'not-relayed' };
    case 'destination not text':
      return { action: 'ignore', why: 'destination-not-text' };
    case 'leave':
      return { action: 'leave' };
    case 'relayed':
      return { action: 'relay', kind: meaning.type.toLowerCase(), to: meaning.dst, hasPayload: meaning.payload !== undefined };
  }
}

function withoutPayload(request: FrameRequest): object {
  if (request.action !== 'relay') return request;
  const { action, kind, to, payload } = request;
  return { action, kind, to, hasPayload: payload !== undefined };
}

function fuzz(frames: fc.Arbitrary<Uint8Array>, numRuns: number): Comparison {
  const comparison = new Comparison();
  const property = fc.property(frames, fc.boolean(), (bytes, isBinary) => comparison.check(bytes, isBinary));
  fc.assert(property, { numRuns });
  return comparison;
}

// Each meaning must occur, because a fuzzer that generates only invalid frames proves little.
const ALL_MEANINGS: readonly Meaning['is'][] = [
  'not an object',
  'heartbeat',
  'not relayed',
  'destination not text',
  'leave',
  'relayed',
];

describe.each([
  ['mutated frames', mutated([...FRAMES, ...INEFFECTIVE_FRAMES]), 20_000],
  ['hand-written frames', HAND_WRITTEN, 10_000],
] as const)('%s', (_, frames, numRuns) => {
  it('M1, M2, M3, M10: agrees with JSON.parse, and encodes one object', () => {
    const { counts } = fuzz(frames, numRuns);
    expect([...counts.keys()]).toEqual(expect.arrayContaining([...ALL_MEANINGS]));
  });
});
