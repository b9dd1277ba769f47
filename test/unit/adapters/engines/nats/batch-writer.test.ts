import { describe, expect, it } from 'vitest';
import { decodeBatch, type StoredMessage } from '../../../../../src/adapters/engines/nats/entries.ts';
import { positionOf } from '../../../../../src/adapters/engines/nats/pending-messages.ts';
import { BatchWriter } from '../../../../../src/adapters/engines/nats/batch-writer.ts';
import type { AppendResult, JournalEntry } from '../../../../../src/adapters/engines/nats/entry-writer.ts';
import { nodeId, type ConnectionId, type PeerId } from '../../../../../src/domain/ids.ts';

/** A batch writer whose writes are confirmed by the test. */
function startWriter(maxEntryBytes = 1024 * 1024, admits = (_text: string): boolean => true) {
  const batches: {
    texts: string[];
    bytes: number;
    messageId: string | undefined;
    isStreamBound: boolean | undefined;
    confirm: (appended: AppendResult) => void;
  }[] = [];
  const written: [string, number | undefined][] = [];
  let count = 0;
  const writer = new BatchWriter({
    append: ({ body, messageId, isStreamBound }: JournalEntry) =>
      new Promise((confirm) => {
        const read = decodeBatch(body);
        if ('why' in read) throw new Error(read.why);
        batches.push({
          texts: read.messages.map(({ payload }) => Buffer.from(payload ?? []).toString()),
          bytes: body.length,
          messageId,
          isStreamBound,
          confirm,
        });
      }),
    nextMessageId: () => `t${++count}`,
    timeOverride: () => undefined,
    maxEntryBytes,
    admit: ({ payload }) => admits(Buffer.from(payload ?? []).toString()),
    onWritten: ({ payload }, revision) => written.push([Buffer.from(payload ?? []).toString(), revision]),
  });
  return { writer, batches, written };
}

function messageOf(text: string | Uint8Array): StoredMessage {
  const payload = typeof text === 'string' ? Buffer.from(text) : text;
  return { from: 'ann' as PeerId, to: 'bob' as PeerId, sender: undefined, kind: 'offer', payload };
}

const ofPeer = (text: string): StoredMessage => ({
  ...messageOf(text),
  sender: { node: nodeId('n1'), connection: 1 as ConnectionId },
});

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('a batch writer', () => {
  it('puts messages of one turn into one batch, and resolves with their positions', async () => {
    const { writer, batches } = startWriter();
    const positions = ['1', '2'].map((text) => writer.put(messageOf(text)));
    const flushed = writer.flush();
    const late = writer.put(messageOf('3'));
    await nextTurn();
    expect(batches.map(({ texts, messageId }) => [texts, messageId])).toEqual([[['1', '2', '3'], 't1']]);
    batches[0]?.confirm({ revision: 7 });
    expect(await Promise.all([...positions, late])).toEqual([positionOf(7, 0), positionOf(7, 1), positionOf(7, 2)]);
    expect(await flushed).toBe(positionOf(7, 1));
  });

  it('collects messages while a batch is in flight, and writes them in order afterwards', async () => {
    const { writer, batches } = startWriter();
    for (let n = 0; n < 4; n++) {
      void writer.put(messageOf(String(n)));
      await nextTurn();
    }
    expect(batches.map(({ texts }) => texts)).toEqual([['0']]);
    batches[0]?.confirm({ revision: 1 });
    await nextTurn();
    expect(batches.at(-1)?.texts).toEqual(['1', '2', '3']);
  });

  it('keeps batches below the maximum entry size with the longest ids', async () => {
    const most = 64 * 1024;
    const { writer, batches } = startWriter(most);
    const id = '\u{ffff}'.repeat(700) as PeerId;
    for (let n = 0; n < 100; n++) void writer.put({ ...messageOf(''), from: id, to: id });
    await nextTurn();
    for (let n = 0; n < batches.length; n++) {
      batches[n]?.confirm({ revision: n + 1 });
      await nextTurn();
    }
    expect(batches.reduce((sum, { texts }) => sum + texts.length, 0)).toBe(100);
    expect(Math.max(...batches.map(({ bytes }) => bytes))).toBeLessThan(most);
  });

  it('resets the last position with a new stream', async () => {
    const { writer, batches } = startWriter();
    void writer.put(messageOf('1'));
    await nextTurn();
    batches[0]?.confirm({ revision: 1_000 });
    expect(await writer.flush()).toBe(positionOf(1_000, 0));
    writer.resetStream();
    expect(await writer.flush()).toBe(0);
  });

  it('M17: waits for messages that are written after a new stream has begun', async () => {
    const { writer, batches } = startWriter();
    void writer.put(messageOf('1'));
    await nextTurn();
    writer.resetStream();
    const flushed = writer.flush();
    batches[0]?.confirm({ revision: 2 });
    expect(await flushed).toBe(positionOf(2, 0));
  });

  it('M17: fails the queued messages of peers when a new stream has begun, and keeps notices', async () => {
    const { writer, batches } = startWriter();
    void writer.put(messageOf('1'));
    await nextTurn();
    const [message, notice] = [writer.put(ofPeer('2')), writer.put(messageOf('3'))];
    writer.resetStream();
    batches[0]?.confirm('failed');
    expect(await message).toBeUndefined();
    await nextTurn();
    batches[1]?.confirm({ revision: 4 });
    expect(await notice).toBe(positionOf(4, 0));
  });

  it('M17: binds a batch with a message of a peer to the stream', async () => {
    const { writer, batches } = startWriter();
    void writer.put(messageOf('1'));
    await nextTurn();
    batches[0]?.confirm({ revision: 1 });
    void writer.put(ofPeer('2'));
    await nextTurn();
    expect(batches.map(({ isStreamBound }) => isStreamBound)).toEqual([false, true]);
  });

  it('exceeds the maximum batch size only for one large message', async () => {
    const { writer, batches } = startWriter();
    const large = new Uint8Array(200 * 1024);
    for (const one of [large, large, new Uint8Array(400 * 1024)]) void writer.put(messageOf(one));
    for (let n = 0; n < 1_500; n++) void writer.put(messageOf(''));
    for (let n = 0; n < 5; n++) {
      await nextTurn();
      batches.at(-1)?.confirm({ revision: n + 1 });
    }
    expect(batches.map(({ texts }) => texts.length)).toEqual([1, 1, 1, 1_000, 500]);
  });

  it('M13: copies the payload during the call', async () => {
    const { writer, batches } = startWriter();
    const payload = Buffer.from('mine');
    void writer.put(messageOf(payload));
    payload.fill(0);
    await nextTurn();
    expect(batches[0]?.texts).toEqual(['mine']);
  });

  it('resolves a failed write with undefined, and continues', async () => {
    const { writer, batches } = startWriter();
    const first = writer.put(messageOf('1'));
    await nextTurn();
    batches[0]?.confirm({ revision: 3 });
    await first;
    const failed = writer.put(messageOf('2'));
    await nextTurn();
    batches[1]?.confirm('failed');
    expect([await failed, await writer.flush()]).toEqual([undefined, positionOf(3, 0)]);
    void writer.put(messageOf('3'));
    await nextTurn();
    expect(batches.at(-1)?.texts).toEqual(['3']);
  });

  it('M13: asks for admission when a message is written, and writes no batch without messages', async () => {
    const rejected = new Set(['2', '3']);
    const { writer, batches, written } = startWriter(undefined, (text) => !rejected.has(text));
    const all = ['1', '2'].map((text) => writer.put(messageOf(text)));
    await nextTurn();
    expect(batches.map(({ texts }) => texts)).toEqual([['1']]);
    const later = writer.put(messageOf('3'));
    batches[0]?.confirm({ revision: 5 });
    expect(await Promise.all([...all, later])).toEqual([positionOf(5, 0), undefined, undefined]);
    expect(await writer.flush()).toBe(positionOf(5, 0));
    expect([batches.length, written]).toEqual([1, [['1', 5]]]);
  });

  it('reports when its queue is full', () => {
    const { writer } = startWriter();
    const MiB = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 64; n++) void writer.put(messageOf(MiB));
    expect(writer.isFull).toBe(true);
  });
});
