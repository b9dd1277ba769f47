import type { JetStreamClient } from '@nats-io/jetstream';
import { performance } from 'node:perf_hooks';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EntryWriter, type AppendResult } from '../../../../../src/adapters/engines/nats/entry-writer.ts';

const TWO_MINUTES = 120_000;

/** A connection on which nothing is answered until a test says what. */
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

describe('the writer of a journal', () => {
  it('writes again, in order and under the same tickets, what was under way when a connection was lost', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const all: Promise<AppendResult>[] = ['a', 'b'].map((key) => writer.append({ key, body, messageId: `t${key}` }));
    first.written[0]?.answer(7);
    expect(await all[0]).toEqual({ at: 7 });
    writer.disconnect();
    first.written[1]?.fail(new Error('lost'));
    all.push(writer.append({ key: 'c', body, expectedRevision: 3 }));
    writer.connect(second.js);
    expect(second.written.map(({ subject, options }) => [subject, options])).toEqual([
      ['$KV.bucket.b', { msgID: 'tb' }],
      ['$KV.bucket.c', { expect: { lastSubjectSequence: 3 } }],
    ]);
    second.written.forEach(({ answer }, n) => answer(8 + n));
    expect(await Promise.all(all)).toEqual([{ at: 7 }, { at: 8 }, { at: 9 }]);
  });

  it('gives up what the engine would not know again, unless that says what it expects there', async () => {
    const now = vi.spyOn(performance, 'now').mockReturnValue(0);
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const letter = writer.append({ key: 'letter', body, messageId: 't1' });
    void writer.append({ key: 'seat', body, messageId: 't2', expectedRevision: 0 });
    void writer.append({ key: 'lease', body });
    writer.disconnect();
    now.mockReturnValue(TWO_MINUTES);
    void writer.append({ key: 'young', body, messageId: 't3' });
    writer.connect(second.js);
    expect(await letter).toBe('failed');
    expect(second.written.map(({ subject }) => subject)).toEqual(['$KV.bucket.seat', '$KV.bucket.lease', '$KV.bucket.young']);
  });

  it('gives up what was under way when the engine has forgotten its tickets: it may have been read before', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const letter = writer.append({ key: 'letter', body, messageId: 't1' });
    void writer.append({ key: 'seat', body, messageId: 't2', expectedRevision: 0 });
    writer.disconnect();
    void writer.append({ key: 'young', body, messageId: 't3' });
    writer.connect(second.js, false);
    expect(await letter).toBe('failed');
    expect(second.written.map(({ subject }) => subject)).toEqual(['$KV.bucket.seat', '$KV.bucket.young']);
  });

  it('takes so much and no more while nothing is answered', async () => {
    const writer = new EntryWriter('bucket', unexpected, expect.fail);
    const MiB = new Uint8Array(1024 * 1024);
    for (let n = 0; n < 64; n++) void writer.append({ key: 'a', body: MiB });
    expect(writer.isFull).toBe(true);
    expect(await writer.append({ key: 'b', body })).toBe('failed');
  });

  it('gives up what the library says that no server takes, and knows that the engine refuses, until it writes again', async () => {
    const faults: unknown[] = [];
    const writer = new EntryWriter('bucket', (error) => faults.push(error), expect.fail);
    const connection = new Connection();
    writer.connect(connection.js);
    const large = writer.append({ key: 'a', body });
    const error = Object.assign(new Error('max_payload size exceeded'), { name: 'InvalidArgumentError' });
    connection.written[0]?.fail(error);
    expect([await large, writer.isRejected, faults]).toEqual(['failed', true, [error]]);
    const small = writer.append({ key: 'b', body });
    connection.written[1]?.answer(8);
    expect([await small, writer.isRejected]).toEqual([{ at: 8 }, false]);
  });

  it('says that it was not answered, once, and gives nothing up', async () => {
    let silences = 0;
    const writer = new EntryWriter('bucket', unexpected, () => {
      silences += 1;
      writer.disconnect();
    });
    const [first, second] = [new Connection(), new Connection()];
    writer.connect(first.js);
    const all = ['a', 'b'].map((key) => writer.append({ key, body, messageId: `t${key}` }));
    for (const { fail } of first.written) fail(new Error('timeout'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(silences).toBe(1);
    writer.connect(second.js);
    second.written.forEach(({ answer }, n) => answer(8 + n));
    expect(await Promise.all(all)).toEqual([{ at: 8 }, { at: 9 }]);
  });
});
