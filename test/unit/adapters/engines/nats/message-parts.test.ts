import { describe, expect, it } from 'vitest';
import { PartAssembler, splitMessage } from '../../../../../src/adapters/engines/nats/message-parts.ts';
import { nodeId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = [nodeId('here'), nodeId('there')];
const MAX_BYTES = 1_024;
const LONG = 'é'.repeat(3_000);
const bytesOf = (part: string | Uint8Array): Uint8Array => (typeof part === 'string' ? new TextEncoder().encode(part) : part);
const sent = (from = HERE, messageNumber = 1, text = LONG): Uint8Array[] =>
  splitMessage(from, messageNumber, text, MAX_BYTES).map(bytesOf);

describe('parts of a message larger than the maximum payload of NATS', () => {
  it('fit into the maximum, and are assembled to the same message', () => {
    const all = sent();
    expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(MAX_BYTES);
    const assembler = new PartAssembler();
    expect(all.map((part) => assembler.add(part)).filter((text) => text !== undefined)).toEqual([LONG]);
  });

  it('are a single part, the message itself, if the message fits', () => {
    const assembler = new PartAssembler();
    for (const text of ['{}', 'é'.repeat(500), 'x'.repeat(MAX_BYTES)]) {
      const all = sent(HERE, 1, text);
      expect([all.length, assembler.add(all[0] ?? new Uint8Array())]).toEqual([1, text]);
    }
  });

  it('may be interleaved with parts of another node', () => {
    const assembler = new PartAssembler();
    const theirs = sent(THERE, 7, 'y'.repeat(5_000));
    const assembled = sent().flatMap((part, n) => [
      assembler.add(part),
      assembler.add(theirs[n] ?? new TextEncoder().encode('{}')),
    ]);
    const rest = theirs.slice(sent().length).map((part) => assembler.add(part));
    expect([...assembled, ...rest].filter((text) => (text?.length ?? 0) > 2)).toEqual(
      expect.arrayContaining([LONG, 'y'.repeat(5_000)]),
    );
  });

  it('are dropped if one is missing, also the last, and the next message is complete', () => {
    const assembler = new PartAssembler();
    const [first = [], second = [], third = []] = [1, 2, 3].map((messageNumber) => sent(HERE, messageNumber));
    const assembled = [...first.slice(0, -1), second[0], ...second.slice(2), ...third].map((part) =>
      assembler.add(part ?? new Uint8Array()),
    );
    expect(assembled.filter((text) => text !== undefined)).toEqual([LONG]);
  });

  it('that start in the middle or have no header are ignored', () => {
    const assembler = new PartAssembler();
    const [, middle = new Uint8Array()] = sent();
    expect([assembler.add(middle), assembler.add(new TextEncoder().encode('part '))]).toEqual([undefined, undefined]);
  });
});
