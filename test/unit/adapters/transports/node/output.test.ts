import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { FrameMemory } from '../../../../../src/adapters/transports/node/frame-memory.ts';
import { type Output, outputOf } from '../../../../../src/adapters/transports/node/output.ts';

const KIB = 1024;

/** The output of a TCP connection whose client does not read. */
async function tcpOutput() {
  const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
  const [stream] = (await once(server, 'connection')) as [Socket];
  onTestFinished(() => {
    for (const socket of [stream, client]) socket.destroy();
    server.close();
  });
  stream.on('error', () => undefined);
  let drains = 0;
  const frameMemory = new FrameMemory();
  const output = outputOf(stream, { receiveDrain: () => void drains++, frameMemory });
  return { output, frameMemory, stream, client, drains: () => drains };
}

/** Numbered blocks, until the network accepts no more, and four more of them. @returns all bytes that were written. */
function fill(output: Output): Buffer {
  const blocks: Buffer[] = [];
  for (let number = 0; output.unsentBytes < 4 * 256 * KIB; number++) {
    const block = Buffer.alloc(256 * KIB, number);
    blocks.push(block);
    output.write(block);
  }
  return Buffer.concat(blocks);
}

async function allOf(client: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of client) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

it('sends at once what the network accepts', async () => {
  const { output, client, drains } = await tcpOutput();
  output.write(Buffer.from('a'));
  expect([output.unsentBytes, output.unreadBytes, drains()]).toEqual([0, 0, 0]);
  const [received] = (await once(client, 'data')) as [Buffer];
  expect(received.toString()).toBe('a');
});

it('keeps the order of what a slow client receives, and reports when all is sent', async () => {
  const { output, client, drains } = await tcpOutput();
  const written = fill(output);
  expect(output.unreadBytes).toBe(output.unsentBytes);
  const received = allOf(client);
  await expect.poll(drains).toBe(1);
  expect(output.unsentBytes).toBe(0);
  output.end(Buffer.from('last'));
  expect((await received).equals(Buffer.concat([written, Buffer.from('last')]))).toBe(true);
});

it('ends after the bytes that wait', async () => {
  const { output, client } = await tcpOutput();
  const written = fill(output);
  output.end(Buffer.from('last'));
  expect((await allOf(client)).equals(Buffer.concat([written, Buffer.from('last')]))).toBe(true);
});

it('keeps the memory of what a slow client has not received, and reuses the rest', async () => {
  const { output, frameMemory, client } = await tcpOutput();
  const sent: Buffer[] = [];
  const views = new Set<ArrayBufferLike>();
  const turn = (number: number): void => {
    const frame = output.take(2 * KIB).fill(number);
    sent.push(Buffer.from(frame));
    views.add(frame.buffer);
    output.write(frame);
    frameMemory.reuse();
  };
  turn(0);
  turn(1);
  expect([output.unsentBytes, views.size]).toEqual([0, 1]);
  for (let number = 2; output.unsentBytes < 16 * KIB; number++) turn(number);
  const received = allOf(client);
  output.end();
  expect((await received).equals(Buffer.concat(sent))).toBe(true);
});

it('destroys the connection if a write fails', async () => {
  const { output, stream, client } = await tcpOutput();
  client.resetAndDestroy();
  await once(client, 'close');
  const write = (): boolean => {
    output.write(Buffer.from('a'));
    return stream.destroyed;
  };
  await expect.poll(write).toBe(true);
});

it('uses the queue of a stream that is no TCP connection', () => {
  const stream = new Duplex({ highWaterMark: 2, write: () => undefined });
  const output = outputOf(stream, { receiveDrain: () => undefined, frameMemory: new FrameMemory() });
  output.write(Buffer.from('abc'));
  expect([output.unsentBytes, output.unreadBytes, output.highWaterMark]).toEqual([3, 3, 2]);
});

it('closes at once if the network accepts the last bytes', async () => {
  const { output, stream, client } = await tcpOutput();
  const received = allOf(client);
  expect([output.close(Buffer.from('last')), stream.destroyed]).toEqual([true, true]);
  expect((await received).toString()).toBe('last');
});

it('leaves the end to a client that reads slowly, and to a stream that is no TCP connection', async () => {
  const { output, stream, client } = await tcpOutput();
  const written = fill(output);
  expect([output.close(Buffer.from('last')), stream.destroyed]).toEqual([false, false]);
  expect((await allOf(client)).equals(Buffer.concat([written, Buffer.from('last')]))).toBe(true);
  const other = new Duplex({ read: () => undefined, write: (_, __, done) => done() });
  const otherOutput = outputOf(other, { receiveDrain: () => undefined, frameMemory: new FrameMemory() });
  expect([otherOutput.close(), other.destroyed, other.writableEnded]).toEqual([false, false, true]);
});
