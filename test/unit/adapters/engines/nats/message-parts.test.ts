import { describe, expect, it } from 'vitest';
import { PartAssembler, splitMessage } from '../../../../../src/adapters/engines/nats/message-parts.ts';
import { nodeId } from '../../../../../src/domain/ids.ts';

const [HERE, THERE] = [nodeId('here'), nodeId('there')];
const MOST = 1_024;
const LONG = 'é'.repeat(3_000);
const bytesOf = (part: string | Uint8Array): Uint8Array => (typeof part === 'string' ? new TextEncoder().encode(part) : part);
const sent = (from = HERE, word = 1, text = LONG): Uint8Array[] => splitMessage(from, word, text, MOST).map(bytesOf);

describe('the parts of a word that is longer than NATS carries', () => {
  it('are each within the bound, and make the word again', () => {
    const all = sent();
    expect(Math.max(...all.map(({ length }) => length))).toBeLessThanOrEqual(MOST);
    const parts = new PartAssembler();
    expect(all.map((part) => parts.add(part)).filter((text) => text !== undefined)).toEqual([LONG]);
  });

  it('are one where the word fits: the word itself', () => {
    const parts = new PartAssembler();
    for (const text of ['{}', 'é'.repeat(500), 'x'.repeat(MOST)]) {
      const all = sent(HERE, 1, text);
      expect([all.length, parts.add(all[0] ?? new Uint8Array())]).toEqual([1, text]);
    }
  });

  it('may come between those of another node', () => {
    const parts = new PartAssembler();
    const theirs = sent(THERE, 7, 'y'.repeat(5_000));
    const heard = sent().flatMap((part, n) => [parts.add(part), parts.add(theirs[n] ?? new TextEncoder().encode('{}'))]);
    const rest = theirs.slice(sent().length).map((part) => parts.add(part));
    expect([...heard, ...rest].filter((text) => (text?.length ?? 0) > 2)).toEqual(
      expect.arrayContaining([LONG, 'y'.repeat(5_000)]),
    );
  });

  it('are dropped where one is missing, also the last, and the next word is whole again', () => {
    const parts = new PartAssembler();
    const [first = [], second = [], third = []] = [1, 2, 3].map((word) => sent(HERE, word));
    const heard = [...first.slice(0, -1), second[0], ...second.slice(2), ...third].map((part) =>
      parts.add(part ?? new Uint8Array()),
    );
    expect(heard.filter((text) => text !== undefined)).toEqual([LONG]);
  });

  it('that begin in the middle, or say nothing, are no word', () => {
    const parts = new PartAssembler();
    const [, middle = new Uint8Array()] = sent();
    expect([parts.add(middle), parts.add(new TextEncoder().encode('part '))]).toEqual([undefined, undefined]);
  });
});
