import type { HttpExchange } from '../../application/ports/transport.ts';
import { expect } from '../expect.ts';
import type { Clause, Pair, TransportFixture } from './fixture.ts';
import { bytes, KIB } from './socket-clauses.ts';

/* Clients that send megabytes at once, so that the network delivers many frames in one read. */

const RESPONSES = 6;
const FRAMES_PER_RESPONSE = 8;
/** Frames that are passed on to a stream. */
const STREAM_FRAMES = 12;

/** Sends texts of these sizes at once. @returns after all are reported. */
async function floodWith(fixture: TransportFixture, { client, connection }: Pair, sizes: readonly number[]): Promise<void> {
  const texts = sizes.map((size, n) => `${n} ${'x'.repeat(size)}`);
  for (const text of texts) client.send(text);
  await fixture.until('all frames are reported', () => connection.frames.length >= texts.length || connection.closedCount > 0);
  expect([connection.closedCount, connection.frames.length]).toEqual([0, texts.length]);
  expect(connection.frames.map(({ size }) => size)).toEqual(texts.map(({ length }) => length));
}

function repeated(count: number, sizes: readonly number[]): number[] {
  return Array.from({ length: count }, (_, n) => sizes[n % sizes.length] as number);
}

export const FLOOD_CLAUSES: readonly Clause[] = [
  {
    name: 'M17: no frame of a client that sends megabytes at once is lost, if each is answered at once',
    settings: { sendBufferBytes: 64 * 1_024 * KIB },
    async run(fixture) {
      const pair = await fixture.connect();
      fixture.gateway.onFrame = ({ socket }, text) => void socket.write(text);
      const sizes = repeated(90, [70_000, 66_000, 3_000]);
      await floodWith(fixture, pair, sizes);
      const { client } = pair;
      await fixture.until('all have arrived', () => client.received.length === sizes.length);
      expect(client.received.map((text) => text.split(' ')[0])).toEqual(sizes.map((_, n) => `${n}`));
    },
  },
  {
    name: 'M17: no frame of a client that sends megabytes at once is lost, if requests are answered and streams end meanwhile',
    settings: { sendBufferBytes: 64 * 1_024 * KIB },
    async run(fixture) {
      const pair = await fixture.connect();
      const stream = await fixture.openStream();
      const waiting: HttpExchange[] = [];
      fixture.gateway.answerRequest = (exchange) => {
        exchange.holdOpen(() => undefined);
        waiting.push(exchange);
      };
      const answers = Array.from({ length: RESPONSES }, (_, n) => fixture.sendRequest('GET', `/waiting/${n}`));
      await fixture.until('all requests wait', () => waiting.length === RESPONSES);
      fixture.gateway.onFrame = ({ frames }) => {
        stream.connection.socket.write(bytes(`${frames.length},`));
        if (frames.length % FRAMES_PER_RESPONSE === 0) waiting.pop()?.respond({ status: 200, headers: [], body: 'now' });
        if (frames.length === STREAM_FRAMES) stream.connection.socket.close(1000, '');
      };
      await floodWith(fixture, pair, repeated(RESPONSES * FRAMES_PER_RESPONSE, [60_000]));
      expect((await Promise.all(answers)).map(({ body }) => body)).toEqual(answers.map(() => 'now'));
      await fixture.until('the stream has ended', () => stream.reader.state !== 'open');
      expect([stream.reader.state, stream.reader.text]).toEqual(['ended', '<1,2,3,4,5,6,7,8,9,10,11,12,']);
    },
  },
];
