import { describe, expect, it } from 'vitest';
import { readBag, type Letter } from '../../../../../src/adapters/engines/nats/entries.ts';
import { positionOf } from '../../../../../src/adapters/engines/nats/letters.ts';
import { Packer } from '../../../../../src/adapters/engines/nats/packer.ts';
import type { Appended, Entry } from '../../../../../src/adapters/engines/nats/writer.ts';
import type { PeerId } from '../../../../../src/domain/ids.ts';

/** A packer whose bags stand when a test says so. */
function packing(mostBytes = 1024 * 1024) {
  const bags: { texts: string[]; bytes: number; ticket: string | undefined; stand: (appended: Appended) => void }[] = [];
  let count = 0;
  const packer = new Packer({
    append: ({ body, ticket }: Entry) =>
      new Promise((stand) => {
        const read = readBag(body);
        if ('why' in read) throw new Error(read.why);
        bags.push({
          texts: read.letters.map(({ payload }) => Buffer.from(payload ?? []).toString()),
          bytes: body.length,
          ticket,
          stand,
        });
      }),
    nextTicket: () => `t${++count}`,
    stamp: () => undefined,
    mostBytes,
  });
  return { packer, bags };
}

function letter(text: string | Uint8Array): Letter {
  const payload = typeof text === 'string' ? Buffer.from(text) : text;
  return { from: 'ann' as PeerId, to: 'bob' as PeerId, sender: undefined, kind: 'offer', payload };
}

const soon = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('letters are packed', () => {
  it('those of one breath into one bag, and each learns where it stands', async () => {
    const { packer, bags } = packing();
    const posted = ['1', '2'].map((text) => packer.post(letter(text)));
    const settled = packer.settled();
    const late = packer.post(letter('3'));
    await soon();
    expect(bags.map(({ texts, ticket }) => [texts, ticket])).toEqual([[['1', '2', '3'], 't1']]);
    bags[0]?.stand({ at: 7 });
    expect(await Promise.all([...posted, late])).toEqual([positionOf(7, 0), positionOf(7, 1), positionOf(7, 2)]);
    expect(await settled).toBe(positionOf(7, 1));
  });

  it('what is put while a bag is under way goes together, in order, and not before that one', async () => {
    const { packer, bags } = packing();
    for (let n = 0; n < 4; n++) {
      void packer.post(letter(String(n)));
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
    for (let n = 0; n < 100; n++) void packer.post({ ...letter(''), from: id, to: id });
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
    void packer.post(letter('1'));
    await soon();
    bags[0]?.stand({ at: 1_000 });
    expect(await packer.settled()).toBe(positionOf(1_000, 0));
    packer.forgets();
    expect(await packer.settled()).toBe(0);
  });

  it('no bag is larger than an engine takes, unless one letter is', async () => {
    const { packer, bags } = packing();
    const large = new Uint8Array(200 * 1024);
    for (const one of [large, large, new Uint8Array(400 * 1024)]) void packer.post(letter(one));
    for (let n = 0; n < 1_500; n++) void packer.post(letter(''));
    for (let n = 0; n < 5; n++) {
      await soon();
      bags.at(-1)?.stand({ at: n + 1 });
    }
    expect(bags.map(({ texts }) => texts.length)).toEqual([1, 1, 1, 1_000, 500]);
  });

  it('M13: as copies: a payload may be written over right after the call', async () => {
    const { packer, bags } = packing();
    const payload = Buffer.from('mine');
    void packer.post(letter(payload));
    payload.fill(0);
    await soon();
    expect(bags[0]?.texts).toEqual(['mine']);
  });

  it('what the engine does not write stands nowhere, and hinders nothing', async () => {
    const { packer, bags } = packing();
    const first = packer.post(letter('1'));
    await soon();
    bags[0]?.stand({ at: 3 });
    await first;
    const failed = packer.post(letter('2'));
    await soon();
    bags[1]?.stand('failed');
    expect([await failed, await packer.settled()]).toEqual([undefined, positionOf(3, 0)]);
    void packer.post(letter('3'));
    await soon();
    expect(bags.at(-1)?.texts).toEqual(['3']);
  });

  it('until so much waits that no more is taken', () => {
    const { packer } = packing();
    const MiB = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 64; n++) void packer.post(letter(MiB));
    expect(packer.isFull).toBe(true);
  });
});
