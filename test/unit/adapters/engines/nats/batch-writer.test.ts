import { describe, expect, it } from 'vitest';
import { decodeBatch, type StoredMessage } from '../../../../../src/adapters/engines/nats/entries.ts';
import { positionOf } from '../../../../../src/adapters/engines/nats/pending-messages.ts';
import { BatchWriter } from '../../../../../src/adapters/engines/nats/batch-writer.ts';
import type { AppendResult, JournalEntry } from '../../../../../src/adapters/engines/nats/entry-writer.ts';
import type { PeerId } from '../../../../../src/domain/ids.ts';

/** A packer whose bags stand when a test says so. */
function packing(maxEntryBytes = 1024 * 1024) {
  const bags: { texts: string[]; bytes: number; ticket: string | undefined; stand: (appended: AppendResult) => void }[] = [];
  let count = 0;
  const packer = new BatchWriter({
    append: ({ body, messageId }: JournalEntry) =>
      new Promise((stand) => {
        const read = decodeBatch(body);
        if ('why' in read) throw new Error(read.why);
        bags.push({
          texts: read.letters.map(({ payload }) => Buffer.from(payload ?? []).toString()),
          bytes: body.length,
          ticket: messageId,
          stand,
        });
      }),
    nextMessageId: () => `t${++count}`,
    timeOverride: () => undefined,
    maxEntryBytes,
  });
  return { packer, bags };
}

function letter(text: string | Uint8Array): StoredMessage {
  const payload = typeof text === 'string' ? Buffer.from(text) : text;
  return { from: 'ann' as PeerId, to: 'bob' as PeerId, sender: undefined, kind: 'offer', payload };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('letters are packed', () => {
  it('those of one breath into one bag, and each learns where it stands', async () => {
    const { packer, bags } = packing();
    const posted = ['1', '2'].map((text) => packer.put(letter(text)));
    const settled = packer.flush();
    const late = packer.put(letter('3'));
    await soon();
    expect(bags.map(({ texts, ticket }) => [texts, ticket])).toEqual([[['1', '2', '3'], 't1']]);
    bags[0]?.stand({ at: 7 });
    expect(await Promise.all([...posted, late])).toEqual([positionOf(7, 0), positionOf(7, 1), positionOf(7, 2)]);
    expect(await settled).toBe(positionOf(7, 1));
  });

  it('what is put while a bag is under way goes together, in order, and not before that one', async () => {
    const { packer, bags } = packing();
    for (let n = 0; n < 4; n++) {
      void packer.put(letter(String(n)));
      await soon();
    }
    expect(bags.map(({ texts }) => texts)).toEqual([['0']]);
    bags[0]?.stand({ at: 1 });
    await soon();
    expect(bags.at(-1)?.texts).toEqual(['1', '2', '3']);
  });

  it('no bag is larger than an engine takes, however long the ids in it are', async () => {
    const most = 64 * 1024;
    const { packer, bags } = packing(most);
    const id = '\u{ffff}'.repeat(700) as PeerId;
    for (let n = 0; n < 100; n++) void packer.put({ ...letter(''), from: id, to: id });
    await soon();
    for (let n = 0; n < bags.length; n++) {
      bags[n]?.stand({ at: n + 1 });
      await soon();
    }
    expect(bags.reduce((sum, { texts }) => sum + texts.length, 0)).toBe(100);
    expect(Math.max(...bags.map(({ bytes }) => bytes))).toBeLessThan(most);
  });

  it('what stood in a stream that the engine has forgotten is waited for no more', async () => {
    const { packer, bags } = packing();
    void packer.put(letter('1'));
    await soon();
    bags[0]?.stand({ at: 1_000 });
    expect(await packer.flush()).toBe(positionOf(1_000, 0));
    packer.resetStream();
    expect(await packer.flush()).toBe(0);
  });

  it('no bag is larger than an engine takes, unless one letter is', async () => {
    const { packer, bags } = packing();
    const large = new Uint8Array(200 * 1024);
    for (const one of [large, large, new Uint8Array(400 * 1024)]) void packer.put(letter(one));
    for (let n = 0; n < 1_500; n++) void packer.put(letter(''));
    for (let n = 0; n < 5; n++) {
      await soon();
      bags.at(-1)?.stand({ at: n + 1 });
    }
    expect(bags.map(({ texts }) => texts.length)).toEqual([1, 1, 1, 1_000, 500]);
  });

  it('M13: as copies: a payload may be written over right after the call', async () => {
    const { packer, bags } = packing();
    const payload = Buffer.from('mine');
    void packer.put(letter(payload));
    payload.fill(0);
    await soon();
    expect(bags[0]?.texts).toEqual(['mine']);
  });

  it('what the engine does not write stands nowhere, and hinders nothing', async () => {
    const { packer, bags } = packing();
    const first = packer.put(letter('1'));
    await soon();
    bags[0]?.stand({ at: 3 });
    await first;
    const failed = packer.put(letter('2'));
    await soon();
    bags[1]?.stand('failed');
    expect([await failed, await packer.flush()]).toEqual([undefined, positionOf(3, 0)]);
    void packer.put(letter('3'));
    await soon();
    expect(bags.at(-1)?.texts).toEqual(['3']);
  });

  it('until so much waits that no more is taken', () => {
    const { packer } = packing();
    const MiB = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 64; n++) void packer.put(letter(MiB));
    expect(packer.isFull).toBe(true);
  });
});
