import type { JetStreamClient } from '@nats-io/jetstream';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EntryWriter, type AppendResult } from '../../../../../src/adapters/engines/nats/entry-writer.ts';

const TWO_MINUTES = 120_000;

/** A connection whose replies are sent by the test. */
class Connection {
  readonly written: { subject: string; options: unknown; answer: (seq: number) => void; fail: (error: Error) => void }[] = [];

  get js(): JetStreamClient {
    const publish = (subject: string, _body: Uint8Array, { timeout: _timeout, ...options }: { timeout: number }) =>
      new Promise((resolve, fail) => this.written.push({ subject, options, answer: (seq) => resolve({ seq }), fail }));
    return { publish } as unknown as JetStreamClient;
  }
}

const body = new Uint8Array(4);
const unexpected = (error: unknown): never => expect.fail(String(error));

afterEach(() => vi.restoreAllMocks());

describe('the entry writer of a journal', () => {
  it('retries writes in flight after a lost connection, in order and with the same message ids', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const all: Promise<AppendResult>[] = ['a', 'b'].map((key) => writer.append({ key, body, messageId: `t${key}` }));
    first.written[0]?.answer(7);
    expect(await all[0]).toEqual({ revision: 7 });
    writer.disconnect();
    first.written[1]?.fail(new Error('lost'));
    all.push(writer.append({ key: 'c', body, expectedRevision: 3 }));
    writer.connect(second.js);
    expect(second.written.map(({ subject, options }) => [subject, options])).toEqual([
      ['$KV.bucket.b', { msgID: 'tb' }],
      ['$KV.bucket.c', { expect: { lastSubjectSequence: 3 } }],
    ]);
    second.written.forEach(({ answer }, n) => answer(8 + n));
    expect(await Promise.all(all)).toEqual([{ revision: 7 }, { revision: 8 }, { revision: 9 }]);
  });

  it('fails writes that are too old for deduplication, except compare-and-set and repeatable ones', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const message = writer.append({ key: 'message', body, messageId: 't1' });
    void writer.append({ key: 'claim', body, messageId: 't2', expectedRevision: 0 });
    void writer.append({ key: 'lease', body });
    void writer.append({ key: 'removal', body, messageId: 't4', isRepeatable: true });
    writer.disconnect();
    now.mockReturnValue(TWO_MINUTES);
    void writer.append({ key: 'young', body, messageId: 't3' });
    writer.connect(second.js);
    expect(await message).toBe('failed');
    const keys = second.written.map(({ subject }) => subject.replace('$KV.bucket.', ''));
    expect(keys).toEqual(['claim', 'lease', 'removal', 'young']);
  });

  it('M17: fails queued writes that are bound to the lost stream, and sends the others to the new one', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const connection = new Connection();
    const bound = writer.append({ key: 'batch', body, messageId: 't1', isStreamBound: true });
    void writer.append({ key: 'lease', body });
    writer.connect(connection.js, false);
    expect(await bound).toBe('failed');
    expect(connection.written.map(({ subject }) => subject)).toEqual(['$KV.bucket.lease']);
  });

  it('fails writes in flight when the stream is new, because NATS has lost the message ids', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const message = writer.append({ key: 'message', body, messageId: 't1' });
    void writer.append({ key: 'claim', body, messageId: 't2', expectedRevision: 0 });
    writer.disconnect();
    void writer.append({ key: 'young', body, messageId: 't3' });
    writer.connect(second.js, false);
    expect(await message).toBe('failed');
    expect(second.written.map(({ subject }) => subject)).toEqual(['$KV.bucket.claim', '$KV.bucket.young']);
  });

  it('accepts a limited number of bytes while there is no reply', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const MiB = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 64; n++) void writer.append({ key: 'a', body: MiB });
    expect(writer.isFull).toBe(true);
    expect(await writer.append({ key: 'b', body })).toBe('failed');
  });

  it('fails entries that the library rejects, and is rejected until the next successful write', async () => {
    const faults: unknown[] = [];
    const writer = new EntryWriter('bucket', (error) => faults.push(error), expect.fail);
    const connection = new Connection();
    writer.connect(connection.js);
    const large = writer.append({ key: 'a', body });
    const error = Object.assign(new Error('max_payload size exceeded'), { name: 'InvalidArgumentError' });
    connection.written[0]?.fail(error);
    expect([await large, writer.isRejected, faults.map(String)]).toEqual([
      'failed',
      true,
      ['RequestError: NATS: write $KV.bucket.a: max_payload size exceeded'],
    ]);
    const small = writer.append({ key: 'b', body });
    connection.written[1]?.answer(8);
    expect([await small, writer.isRejected]).toEqual([{ revision: 8 }, false]);
  });

  it('reports a timeout once, and keeps the writes', async () => {
    let timeouts = 0;
    const writer = new EntryWriter('bucket', unexpected, () => {
      timeouts += 1;
      writer.disconnect();
    });
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const all = ['a', 'b'].map((key) => writer.append({ key, body, messageId: `t${key}` }));
    for (const { fail } of first.written) fail(new Error('timeout'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(timeouts).toBe(1);
    writer.connect(second.js);
    second.written.forEach(({ answer }, n) => answer(8 + n));
    expect(await Promise.all(all)).toEqual([{ revision: 8 }, { revision: 9 }]);
  });
});
