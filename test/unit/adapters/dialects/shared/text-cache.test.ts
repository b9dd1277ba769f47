import { describe, expect, it } from 'vitest';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';

const IDS = Array.from({ length: 50_000 }, (_, n) => `${n.toString(36)}-peer-${(n * 7919).toString(16)}`);

function view(text: string): DataView {
  const { buffer, byteOffset, length } = Buffer.from(text, 'latin1');
  return new DataView(buffer, byteOffset, length);
}

function added(known: TextCache, text: string): void {
  known.add(text, view(`"${text}"`), 1);
}

function found(known: TextCache, text: string): string | undefined {
  return known.find(view(`"${text}"`), 1, text.length + 1);
}

describe('the text cache', () => {
  it('M2: finds texts of every length that fits a slot', () => {
    for (let length = 0; length < 80; length++) {
      const text = 'abcdefghijklmnopqrstuvwxyz0123456789'.repeat(3).slice(0, length);
      const known = new TextCache();
      expect(found(known, text)).toBe(undefined);
      added(known, text);
      expect(found(known, text)).toBe(length >= 4 && length <= 64 ? text : undefined);
    }
  });

  it('M1: does not find a text that differs in one character', () => {
    const id = 'a3a0f4ad-4f6f-4f3c-a1c4-6e9f7e0f2f1b';
    const known = new TextCache();
    added(known, id);
    for (let place = 0; place < id.length; place++) {
      const other = `${id.slice(0, place)}x${id.slice(place + 1)}`;
      expect(found(known, other)).toBe(undefined);
    }
    for (const other of [id.slice(1), id.slice(0, -1), `${id}1`]) expect(found(known, other)).toBe(undefined);
  });

  it.each([
    ['last', (n: number) => `everybody-${n.toString(36).padStart(4, '0')}`],
    ['first', (n: number) => `${n.toString(36).padStart(4, '0')}-everybody`],
  ])('M1: distinguishes texts that differ only in their %s characters, also in the same slot', (_, name) => {
    const known = new TextCache();
    const ids = Array.from({ length: 20_000 }, (_, n) => name(n));
    for (const id of ids) added(known, id);
    expect(ids.filter((id) => (found(known, id) ?? id) !== id)).toEqual([]);
  });

  it('M2: writes a likely text from the frame that has it, until another frame is read', () => {
    const known = new TextCache();
    const target = new DataView(new ArrayBuffer(10));
    const write = (text: string) => known.writeLikely(text, target, 1) && Buffer.from(target.buffer).toString('latin1');
    expect(known.isLikely('ann-1', view('"ann-2"'), 1, 6)).toBe(false);
    expect(write('ann-1')).toBe(false);
    expect(known.isLikely('ann-1', view('"ann-1"'), 1, 6)).toBe(true);
    expect([write('ann-2'), write('ann-1')]).toEqual([false, '\0ann-1\0\0\0\0']);
    known.forgetFrame();
    expect(write('ann-1')).toBe(false);
  });

  it('promise 5: has a fixed size, and never returns another text', () => {
    const known = new TextCache();
    for (const id of IDS) added(known, id);
    const remembered = IDS.filter((id) => {
      const text = found(known, id);
      expect(text ?? id).toBe(id);
      return text !== undefined;
    });
    expect(remembered.length).toBeLessThanOrEqual(8_192);
    expect(remembered).toContain(IDS.at(-1));
  });
});
