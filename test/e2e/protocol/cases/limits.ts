import { expect } from 'vitest';
import { fresh, hearsBeforeEcho, type Visit } from '../../../support/e2e/visit.ts';
import { until } from '../../../support/e2e/until.ts';
import { differs, same, type Case } from '../case.ts';

const NO_BOUND = { differs: 'has no bound', fails: /to include 429/ };
// So many that they all fit into no few windows, however slow the machine.
const TRIES = 40;

/** H9, H10 on a server that answers five requests in each window, one case after the other. */
export const HTTP_RATE = { http_rate_limit: 5, http_rate_window: 1_000 };
export const HTTP_RATE_CASES: readonly Case[] = [
  differs('H9', 'more requests than the window allows: 429, and when to come again', NO_BOUND, async (server) => {
    const answers = await Promise.all(Array.from({ length: TRIES }, () => server.asks('peerjs/id')));
    expect(answers.map(({ status }) => status)).toContain(429);
    const late = answers.find(({ status }) => status === 429);
    expect(late?.headers['retry-after']).toMatch(/^[1-9]\d*$/);
  }),
  differs('H9', 'in the next window requests are answered again', NO_BOUND, async (server) => {
    expect(await statuses(server, () => ({}))).toContain(429);
    await until(server.patience, 'the next window', async () => {
      const { status } = await server.asks('peerjs/id');
      return status === 200 ? status : undefined;
    });
  }),
  differs('H10', 'without a trusted proxy `x-forwarded-for` changes nothing', NO_BOUND, async (server) => {
    expect(await statuses(server, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))).toContain(429);
  }),
  same('H9', 'sockets open, however many requests were refused', async (server) => {
    await statuses(server, () => ({}));
    await server.enters('ann');
  }),
];

/** H10 on the same server behind a proxy that it trusts. */
export const PROXIED_CASES: readonly Case[] = [
  same('H10', 'behind a trusted proxy each client has a window of its own', async (server) => {
    expect(await statuses(server, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))).toEqual(Array(TRIES).fill(200));
  }),
  differs('H10', 'behind a trusted proxy one client has one window', NO_BOUND, async (server) => {
    expect(await statuses(server, () => ({ 'x-forwarded-for': '203.0.113.200' }))).toContain(429);
  }),
  differs('H10', 'what a client writes into `x-forwarded-for` in front of its proxy does not count', NO_BOUND, async (server) => {
    expect(await statuses(server, (n) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.201` }))).toContain(429);
  }),
];

/** M19 on a server that takes a burst of 20, then 20 each second. */
export const FLOOD = { messages_per_second: 20, message_burst: 20 };
export const FLOOD_CASES: readonly Case[] = [
  differs(
    'M19',
    'who sends more than its allowance is closed with 1008',
    { differs: 'has no bound', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const ann = await server.enters('ann');
      for (let n = 0; n < 200; n++) ann.sends({ type: 'HEARTBEAT' });
      expect((await ann.closed()).code).toBe(1008);
    },
  ),
  same('M19', 'who stays within its allowance is heard', async (server) => {
    const ann = await server.enters('ann');
    for (let n = 0; n < 15; n++) ann.offers(ann.id, n);
    expect((await ann.hearsAll(15)).map((frame) => frame['payload'])).toEqual(Array.from({ length: 15 }, (_, n) => n));
  }),
  same('M19', 'what one peer sends is not charged to another', async (server) => {
    const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
    for (let n = 0; n < 200; n++) ann.sends({ type: 'HEARTBEAT' });
    expect(await hearsBeforeEcho(bob)).toEqual([]);
  }),
];
/** The same, where the flood is dammed. */
export const DAM_CASES: readonly Case[] = [
  differs(
    'M19',
    'who sends more than its allowance is read no faster, and loses nothing',
    { differs: 'has no bound', fails: /to be greater than/ },
    async (server) => {
      const [ann, bob] = [await server.enters('ann'), await server.enters('bob')];
      const before = performance.now();
      for (let n = 0; n < 50; n++) ann.offers(bob.id, n);
      expect((await bob.hearsAll(50)).map((frame) => frame['payload'])).toEqual(Array.from({ length: 50 }, (_, n) => n));
      expect(performance.now() - before).toBeGreaterThan(1_000);
    },
  ),
];

/** M16 on a server that buffers little for a peer that does not read. */
export const SLOW_READER = {
  max_message_bytes: 66_000,
  send_buffer_bytes: 66_000,
  messages_per_second: 100_000,
  message_burst: 100_000,
};
export const SLOW_READER_CASES: readonly Case[] = [
  differs(
    'M16',
    'who sends to a peer that reads nothing hears LEAVE from it once the buffer is full',
    { differs: 'buffers without bound', fails: /waited \d+ ms for a frame/ },
    async (server) => {
      const [ann, bob, eve] = [await server.enters('ann'), await server.enters('bob'), await server.enters('eve')];
      bob.stopsReading();
      // More than the operating system buffers on both sides.
      for (let n = 0; n < 400; n++) ann.offers(bob.id, 'x'.repeat(65_000));
      expect(await ann.hears()).toEqual({ type: 'LEAVE', src: bob.id, dst: ann.id });
      expect(await hearsBeforeEcho(eve)).toEqual([]);
    },
  ),
];

async function statuses(server: Visit, headersOf: (n: number) => Record<string, string>): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: TRIES }, (_, n) => server.asks('peerjs/id', { headers: headersOf(n) })));
  return answers.map(({ status }) => status);
}

/** M18 where the limit was moved. */
export const SMALL_FRAMES = { max_message_bytes: 2_000 };
export const SMALL_FRAME_CASES: readonly Case[] = [
  same('M18', 'a message within a limit that was moved is relayed', async (server) => {
    const ann = await server.enters('ann');
    ann.offers(ann.id, 'x'.repeat(1_800));
    expect(await ann.hears()).toMatchObject({ src: ann.id });
  }),
  differs(
    'M18',
    'a message beyond a limit that was moved is closed with 1009',
    { differs: 'takes up to 100 MiB', fails: /waited \d+ ms for the socket of ann.* to be closed/ },
    async (server) => {
      const ann = await server.enters('ann');
      ann.offers(fresh('bob'), 'x'.repeat(2_000));
      expect((await ann.closed()).code).toBe(1009);
    },
  ),
];
