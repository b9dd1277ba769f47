import { Duplex } from 'node:stream';
import { expect, it } from 'vitest';
import { listen } from '../../../../../src/adapters/transports/node/owned-stream.ts';

const turnOfTheLoop = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

it('each owner receives the events of its own stream', async () => {
  const events: string[] = [];
  const opened = (name: string): Duplex => {
    const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
    listen(stream, {
      receiveChunk: (chunk) => void events.push(`${name}: ${chunk.toString()}`),
      receiveEnd: () => void events.push(`${name} ends`),
      closed: () => void events.push(`${name} is closed`),
    });
    return stream;
  };
  const [first, second] = [opened('first'), opened('second')];
  first.push('a');
  second.push('b');
  await turnOfTheLoop();
  first.push(null);
  second.destroy(new Error('reset'));
  await turnOfTheLoop();
  expect(events.toSorted()).toEqual(['first ends', 'first: a', 'second is closed', 'second: b']);
});
