import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { isPlain, readShared } from '../../../../../src/adapters/transports/node/shared-reads.ts';

/** Both ends of a TCP connection. */
async function tcpPair(): Promise<{ readonly ours: Socket; readonly client: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  const [ours] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    for (const socket of [ours, client]) socket.destroy();
    server.close();
  });
  return { ours, client };
}

it('reads TCP connections into one buffer, each for its own listener', async () => {
  const [first, second] = [await tcpPair(), await tcpPair()];
  const received: string[] = [];
  const buffers = new Set<Buffer>();
  for (const { ours } of [first, second]) {
    const isShared = readShared(ours, function listener(length, buffer) {
      buffers.add(buffer);
      received.push(`${this === first.ours ? 'first' : 'second'}: ${buffer.toString('utf8', 0, length)}`);
      return true;
    });
    expect(isShared).toBe(true);
    ours.resume();
  }
  first.client.write('a');
  second.client.write('b');
  await expect.poll(() => received.toSorted()).toEqual(['first: a', 'second: b']);
  expect(buffers.size).toBe(1);
});

it('does not read while the connection is paused, and reports its end', async () => {
  const { ours, client } = await tcpPair();
  let received = '';
  readShared(ours, (length, buffer) => {
    received += buffer.toString('utf8', 0, length);
    return true;
  });
  ours.resume();
  ours.pause();
  const ended = once(ours, 'end');
  client.end('a');
  await once(client, 'finish');
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => void setImmediate(resolve));
  expect(received).toBe('');
  ours.resume();
  await ended;
  expect(received).toBe('a');
});

it('leaves other streams, and connections with bytes that were read already, to the stream', async () => {
  const { ours } = await tcpPair();
  ours.unshift(Buffer.from('a'));
  const stream = new Duplex({ read: () => undefined });
  expect([readShared(ours, () => true), readShared(stream, () => true), isPlain(stream)]).toEqual([false, false, false]);
});
