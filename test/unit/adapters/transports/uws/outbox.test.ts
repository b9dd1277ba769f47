import type { WebSocket } from 'uWebSockets.js';
import { describe, expect, it } from 'vitest';
import { NONE, Outbox, type OutboxSender } from '../../../../../src/adapters/transports/uws/outbox.ts';
import { TlsReading } from '../../../../../src/adapters/transports/uws/tls-reading.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { notice, type SignalMessage } from '../../../../../src/domain/message.ts';

const SENT = 1;
const KEPT = 0;
const MIB = 1024 * 1024;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = (to: string): SignalMessage => notice('leave', echoed('bob'), echoed(to));
const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

/** A sender whose library socket records each write; texts of one cork are recorded together. */
function sender(answer = SENT) {
  const writes: string[][] = [];
  let corked: string[] | undefined;
  const line = {
    send: (text: Uint8Array) => {
      const sent = Buffer.from(text).toString();
      if (corked === undefined) writes.push([sent]);
      else corked.push(sent);
      return answer;
    },
    cork: (write: () => void) => {
      corked = [];
      write();
      writes.push(corked);
      corked = undefined;
    },
  };
  const behind = { count: 0 };
  const one: OutboxSender & { webSocket: WebSocket<unknown> | undefined } = {
    lane: NONE,
    isBinary: false,
    webSocket: line as unknown as WebSocket<unknown>,
    backpressured: () => void behind.count++,
  };
  return { one, writes, behind };
}

describe('the outbox', () => {
  it('M17: sends all texts of one turn to one receiver in one write, in order', async () => {
    const outbox = new Outbox();
    const [ann, bob] = [sender(), sender()];
    for (const text of ['a', 'b', 'c']) {
      outbox.put(ann.one, bytes(text), undefined);
      outbox.put(bob.one, bytes(text.repeat(2)), undefined);
    }
    expect([ann.writes, bob.writes]).toEqual([[], []]);
    await turnOfTheLoop();
    expect([ann.writes, bob.writes]).toEqual([[['a', 'b', 'c']], [['aa', 'bb', 'cc']]]);
    outbox.put(bob.one, bytes('d'), undefined);
    await turnOfTheLoop();
    expect(bob.writes.at(-1)).toEqual(['d']);
  });

  it('copies borrowed bytes', async () => {
    const outbox = new Outbox();
    const { one, writes } = sender();
    const lent = bytes('mine');
    outbox.put(one, lent, undefined);
    lent.fill(33);
    await turnOfTheLoop();
    expect(writes).toEqual([['mine']]);
  });

  it('can send the texts of one sender alone, once', async () => {
    const outbox = new Outbox();
    const [ann, bob] = [sender(), sender()];
    outbox.put(ann.one, bytes('a'), undefined);
    outbox.put(bob.one, bytes('b'), undefined);
    outbox.flushOf(bob.one);
    expect([ann.writes, bob.writes, outbox.unsentBytesOf(bob.one)]).toEqual([[], [['b']], 0]);
    outbox.put(bob.one, bytes('c'), undefined);
    await turnOfTheLoop();
    expect([ann.writes, bob.writes]).toEqual([[['a']], [['b'], ['c']]]);
  });

  it('M17: sends texts at the end of the turn also after it was flushed in the turn', async () => {
    const outbox = new Outbox();
    const { one, writes } = sender();
    outbox.put(one, bytes('a'), undefined);
    outbox.flush();
    outbox.put(one, bytes('b'), undefined);
    outbox.put(one, bytes('c'), undefined);
    expect(writes).toEqual([['a']]);
    await turnOfTheLoop();
    expect(writes).toEqual([['a'], ['b', 'c']]);
  });

  it('M17: counts and sends the texts of each sender in each turn, whichever lane it had before', async () => {
    const outbox = new Outbox();
    const all = [sender(), sender(), sender()];
    const turns = [[0, 1, 2, 1], [2, 1, 2], [1], [2, 0, 0, 1], [0, 1, 2]];
    for (const turn of turns) {
      const before = all.map(({ writes }) => writes.length);
      for (const at of turn) outbox.put((all[at] as (typeof all)[0]).one, bytes(`${at}`), undefined);
      const counts = all.map((_, at) => turn.filter((each) => each === at).length);
      expect(all.map(({ one }) => outbox.unsentBytesOf(one))).toEqual(counts);
      await turnOfTheLoop();
      expect(all.map(({ one }) => outbox.unsentBytesOf(one))).toEqual([0, 0, 0]);
      const sent = all.map(({ writes }, at) => writes.slice(before[at]));
      expect(sent).toEqual(counts.map((count, at) => (count === 0 ? [] : [Array.from({ length: count }, () => `${at}`)])));
      expect(all.flatMap(({ one }) => outbox.takeUnsent(one))).toEqual([]);
    }
  });

  it('W6: sends each text as the kind of frame that it had when it was queued', async () => {
    const outbox = new Outbox();
    const kinds: boolean[] = [];
    const webSocket = {
      send: (_: Uint8Array, isBinary: boolean) => (kinds.push(isBinary), SENT),
      cork: (write: () => void) => write(),
    };
    const { one } = sender();
    const mixed = Object.assign(one, { isBinary: 'by-first-byte', webSocket: webSocket as unknown as WebSocket<unknown> });
    for (const text of ['a', '\u0001', 'b']) outbox.put(mixed, bytes(text), undefined);
    await turnOfTheLoop();
    expect(kinds).toEqual([false, true, false]);
  });

  it('reports back-pressure to the sender', async () => {
    const outbox = new Outbox();
    const { one, behind } = sender(KEPT);
    outbox.put(one, bytes('a'), undefined);
    await turnOfTheLoop();
    expect(behind.count).toBe(1);
  });

  it('M16: returns unsent messages in order, and sends none of them', async () => {
    const outbox = new Outbox();
    const [ann, bob] = [sender(), sender()];
    outbox.put(ann.one, bytes('welcome'), undefined);
    outbox.put(ann.one, bytes('a'), message('eve'));
    outbox.put(bob.one, bytes('b'), message('ann'));
    outbox.put(ann.one, bytes('c'), message('fay'));
    ann.one.webSocket = undefined;
    expect(outbox.takeUnsent(ann.one)).toEqual([message('eve'), message('fay')]);
    expect(outbox.takeUnsent(ann.one)).toEqual([]);
    await turnOfTheLoop();
    expect([ann.writes, bob.writes]).toEqual([[], [['b']]]);
  });

  it('promise 5: sends early when 8 MiB are queued, and a large text at once, in order', async () => {
    const outbox = new Outbox();
    const { one, writes } = sender();
    const texts = Array.from({ length: 129 }, (_, i) => `${i}`);
    for (const text of texts) outbox.put(one, bytes(text.padEnd(MIB / 16)), undefined);
    expect(writes.map(({ length }) => length)).toEqual([128]);
    outbox.put(one, bytes('large'.padEnd(MIB)), undefined);
    expect(writes.map(({ length }) => length)).toEqual([128, 1, 1]);
    await turnOfTheLoop();
    expect(writes.flat().map((text) => text.trim())).toEqual([...texts, 'large']);
  });

  it('promise 5: takes no copy of a large text', () => {
    const outbox = new Outbox();
    const { one, writes } = sender();
    outbox.put(one, bytes('first'), undefined);
    outbox.put(one, bytes('x'.repeat(100_000)), undefined);
    expect([writes.map((write) => write.length), outbox.unsentBytesOf(one)]).toEqual([[1, 1], 0]);
  });

  it('M17: sends nothing while the library reads over TLS, however much is queued', async () => {
    const reading = new TlsReading();
    const outbox = new Outbox(reading);
    const { one, writes } = sender();
    const texts = ['first', 'x'.repeat(100_000), ...Array.from({ length: 9 }, (_, i) => `${i}`.padEnd(MIB)), 'y'.repeat(3 * MIB)];
    reading.during(() => {
      for (const text of texts) outbox.put(one, bytes(text), undefined);
      outbox.flushOf(one);
      outbox.flush();
    });
    expect([writes, outbox.unsentBytesOf(one)]).toEqual([[], texts.join('').length]);
    await turnOfTheLoop();
    expect(writes.map((write) => write.join(''))).toEqual([texts.join('')]);
  });
});
