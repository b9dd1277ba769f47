import type { Socket } from '../../application/ports/socket.ts';
import { expect } from '../expect.ts';
import type { Clause, Pair, TransportFixture } from './fixture.ts';
import { KIB } from './socket-clauses.ts';

/* Bytes are borrowed, in both directions: memory that is used again must not show the bytes of one client to another. */

const CLIENTS = 6;
const SLOW_CLIENTS = 3;
const ROUNDS = 30;
/** Below and above the limits of blocks, of copies and of shared frames. */
const SIZES = [1, 40, 124, 700, 3_000, 4_090, 5_000, 9_000, 40_000, 70_000];
const SEED = 20_261_130;

/** A text that no other call returns. */
function textOf(author: string, size: number): string {
  return `${author} ${author.at(-1)?.repeat(size)}`;
}

/** The same numbers in each run. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Writes to the clients that do not read, until their bytes wait in the process. @returns the texts for each. */
async function fillBuffers(fixture: TransportFixture, slow: readonly Pair[]): Promise<string[]> {
  const texts = ['f'.repeat(128 * KIB), 'probe'];
  const [filler, probe] = texts.map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  const written: string[] = [];
  for (let n = 0; n < 200; n++) {
    for (const { connection } of slow) connection.socket.write(filler);
    await fixture.subject.elapse();
    // A frame that waits for the end of the turn would count as queued too, if it were large.
    const outcomes = slow.map(({ connection }) => connection.socket.write(probe));
    written.push(...texts);
    await fixture.subject.elapse();
    if (outcomes.every((outcome) => outcome === 'queued')) break;
  }
  return written;
}

/** The first text that differs, shortened. */
function firstDifference(received: readonly string[], expected: readonly string[]): unknown {
  const at = expected.findIndex((text, index) => text !== received[index]);
  return at < 0 ? undefined : { at, expected: expected[at]?.slice(0, 40), received: received[at]?.slice(0, 40) };
}

export const BORROWED_CLAUSES: readonly Clause[] = [
  {
    name: 'bytes of a write are borrowed: each client, also one that reads late, receives its own texts',
    settings: { sendBufferBytes: 64 * 1_024 * KIB },
    async run(fixture) {
      const draw = numbersFrom(SEED);
      const pairs: Pair[] = [];
      for (let n = 0; n < CLIENTS; n++) pairs.push(await fixture.connect());
      const slow = pairs.slice(0, SLOW_CLIENTS);
      for (const { client } of slow) client.stopReading();
      const filler = await fillBuffers(fixture, slow);
      const expected = pairs.map((_, n) => (n < SLOW_CLIENTS ? [...filler] : []));
      const lent = new Uint8Array(128 * KIB);
      for (let round = 0; round < ROUNDS; round++) {
        for (let write = 0; write < 40; write++) {
          const to = draw(CLIENTS);
          const text = textOf(`${round}.${write} to ${to}`, SIZES[draw(SIZES.length)] ?? 0);
          const { written } = new TextEncoder().encodeInto(text, lent);
          expect(pairs[to]?.connection.socket.write(lent.subarray(0, written))).not.toBe('gone');
          lent.fill(0x21, 0, written);
          expected[to]?.push(text);
        }
        if (draw(3) > 0) await fixture.subject.elapse();
      }
      for (const { client } of slow) client.startReading();
      for (const [n, { client }] of pairs.entries()) {
        await fixture.until(`client ${n} has received all`, () => client.received.length >= (expected[n]?.length ?? 0));
        expect(firstDifference(client.received, expected[n] ?? [])).toBe(undefined);
      }
    },
  },
  {
    name: 'bytes of a frame are borrowed: frames that wait, and frames that are passed on, keep their bytes',
    settings: { sendBufferBytes: 64 * 1_024 * KIB },
    async run(fixture) {
      const draw = numbersFrom(SEED + 1);
      const pairs: Pair[] = [];
      for (let n = 0; n < CLIENTS; n++) pairs.push(await fixture.connect());
      const places = new Map(pairs.map(({ connection }, n) => [connection.id, n]));
      const expected: string[][] = pairs.map(() => []);
      const paused: Socket[] = [];
      const resumePaused = (): void => {
        for (const socket of paused.splice(0)) socket.resume();
      };
      fixture.gateway.onFrame = ({ id, socket, frames }, bytes) => {
        pairs[((places.get(id) ?? 0) + 1) % CLIENTS]?.connection.socket.write(bytes);
        if (frames.length % 50 === 7) {
          socket.pause();
          paused.push(socket);
        }
      };
      for (let round = 0; round < ROUNDS; round++) {
        for (let n = 0; n < 40; n++) {
          const from = draw(CLIENTS);
          const text = textOf(`${round}.${n} from ${from}`, SIZES[draw(SIZES.length)] ?? 0);
          pairs[from]?.client.send(text);
          expected[(from + 1) % CLIENTS]?.push(text);
        }
        if (draw(3) > 0) continue;
        await fixture.subject.elapse();
        resumePaused();
      }
      for (const [n, { client }] of pairs.entries()) {
        await fixture.until(`client ${n} has received all`, () => {
          resumePaused();
          return client.received.length >= (expected[n]?.length ?? 0);
        });
        expect(firstDifference(client.received, expected[n] ?? [])).toBe(undefined);
      }
    },
  },
];
