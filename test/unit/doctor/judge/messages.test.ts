import { expect, it } from 'vitest';
import { judgeIdle, judgeSizes, judgeStream, judgeStreams } from '../../../../doctor/judge/messages.ts';

const echo = (bytes: number, took: number | undefined, closeCode?: number) => ({ bytes, took, closeCode });

it.each([
  [[echo(1, 2), echo(9, 3)], 'sizes', 'Messages of up to 9 bytes return, within 3 ms.'],
  [[echo(1, 2), echo(9, undefined, 1009)], 'size-limit', 'A message of 9 bytes is over'],
  [[echo(1, 2), echo(9, undefined, 1006)], 'large-lost', 'A message of 9 bytes is lost, and one of 1 bytes is not.'],
  [[echo(1, undefined)], 'messages-lost', 'The socket is open'],
  [[echo(1, 1_001)], 'messages-slow', 'only after 1001 ms'],
])('the echoes %j is %s', (echoes, verdict, text) => {
  const found = judgeSizes(echoes);
  expect(found.verdict).toBe(verdict);
  expect(found.is).toContain(text);
});

it.each([
  [{ cutAfter: undefined, isEchoed: true }, 'idle', ''],
  [{ cutAfter: undefined, isEchoed: false }, 'idle-lost', ''],
  [{ cutAfter: 3, isEchoed: false, server: 'nginx/1.22' }, 'idle-cut-early', 'of nginx'],
  [{ cutAfter: 60, isEchoed: false, server: 'cloudflare' }, 'idle-cut', 'Cloudflare'],
  [{ cutAfter: 60, isEchoed: false }, 'idle-cut', 'HAProxy'],
])('the idle socket %j is %s', (seen, verdict, text) => {
  const found = judgeIdle({ seconds: 75, server: undefined, ...seen });
  expect(found.verdict).toBe(verdict);
  expect(found.remedy).toContain(text);
});

it.each([
  [{ status: 200, spread: 800 }, 'stream'],
  [{ status: 200, spread: 2 }, 'stream-buffered'],
  [{ status: 200, spread: undefined }, 'stream-missing'],
  [{ status: 502, spread: 800 }, 'stream-missing'],
])('the stream %j is %s', (seen, verdict) => expect(judgeStream(seen).verdict).toBe(verdict));

it.each([
  [[2, 800], 'stream', 2],
  [[2, 3, 800], 'stream', 3],
  [[2, 3, 4], 'stream-buffered', 3],
  [[undefined], 'stream-missing', 1],
])('the streams %j are %s', async (spreads, verdict, count) => {
  let read = 0;
  const found = await judgeStreams(async () => ({ status: 200, spread: spreads[read++] }));
  expect([found.verdict, read]).toEqual([verdict, count]);
});
