import type { JetStreamManager } from '@nats-io/jetstream';
import { expect, it } from 'vitest';
import { EntryDeleter } from '../../../../../src/adapters/engines/nats/entry-deleter.ts';

it('reports which entry could not be deleted, and deletes the next one', async () => {
  const faults: unknown[] = [];
  const deleted: number[] = [];
  const deleteMessage = (_stream: string, revision: number): Promise<boolean> => {
    if (revision === 7) return Promise.reject(new Error('timeout'));
    deleted.push(revision);
    return Promise.resolve(true);
  };
  const deleter = new EntryDeleter('signalbox-peerjs', (error) => faults.push(error));
  deleter.connect({ streams: { deleteMessage } } as unknown as JetStreamManager);
  deleter.delete(7);
  deleter.delete(8);
  await new Promise((resolve) => setImmediate(resolve));
  expect([faults.map(String), deleted]).toEqual([['RequestError: NATS: delete entry 7 of signalbox-peerjs: timeout'], [8]]);
});
