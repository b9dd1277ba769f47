import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import type { RawConnection } from '../client/raw-connection.ts';
import { loose, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';
import { pollUntil, within } from '../waiting.ts';

// More requests than fit into a few windows, even on a slow machine.
const REQUESTS = 40;
const UNBOUNDED = { behaviour: 'has no rate limit', evidence: /no request was refused/ };
/** How long a reaction to bytes without an end is awaited. */
const READ_GRACE_MS = 500;
const UPGRADE = [
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
].join('\r\n');

/** H9 to H11, H15: rate limits, oversized requests, invalid requests, and pipelining. */
export const HTTP_BOUND_CASES = cases([
  {
    id: 'H9.too-many',
    title: `${REQUESTS} parallel requests, more than the rate limit allows`,
    severity: 'hardening',
    expected: '429 for some of them, with Retry-After in seconds',
    setup: 'low HTTP rate limit',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(fixture) {
      const answers = await Promise.all(Array.from({ length: REQUESTS }, () => fixture.request(`${fixture.server.key}/id`)));
      const refused = answers.find(({ status }) => status === 429);
      assertThat(refused !== undefined, 'no request was refused');
      assertMatch('retry-after', refused.headers['retry-after'], /^[1-9]\d*$/);
    },
  },
  {
    id: 'H9.cors',
    title: `${REQUESTS} parallel requests with an Origin header, more than the rate limit allows`,
    severity: 'recommended',
    expected: '429 with Access-Control-Allow-Origin for some of them, so the page can read the status and the delay',
    setup: 'low HTTP rate limit',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(fixture) {
      const headers = { origin: 'https://a.example' };
      const one = (): ReturnType<Fixture['request']> => fixture.request(`${fixture.server.key}/id`, { headers });
      const refused = (await Promise.all(Array.from({ length: REQUESTS }, one))).find(({ status }) => status === 429);
      assertThat(refused !== undefined, 'no request was refused');
      assertMatch('access-control-allow-origin', refused.headers['access-control-allow-origin'], /^(\*|https:\/\/a\.example)$/);
    },
  },
  {
    id: 'H9.next-window',
    title: 'more requests than the rate limit allows, then one in the next window',
    severity: 'hardening',
    expected: 'the first ones are refused, the last one is answered',
    setup: 'low HTTP rate limit',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(fixture) {
      await expectRateLimit(fixture, () => ({}));
      await pollUntil(fixture.patience, 'a response in the next window', async () =>
        (await fixture.request(`${fixture.server.key}/id`)).status === 200 ? true : undefined,
      );
    },
  },
  {
    id: 'H9.sockets-open',
    title: 'more requests than the rate limit allows, then a handshake',
    severity: 'recommended',
    expected: 'OPEN: handshakes do not count as requests',
    setup: 'low HTTP rate limit',
    pace: 'alone',
    async run(fixture) {
      await requestStatuses(fixture, () => ({}));
      await fixture.connect('ann');
    },
  },
  {
    id: 'H10.no-proxy',
    title:
      'more requests than the rate limit allows, each with another address in X-Forwarded-For, on a server without a trusted proxy',
    severity: 'hardening',
    expected: 'some are refused: an untrusted X-Forwarded-For is ignored, because a client could use it to evade the limit',
    setup: 'low HTTP rate limit',
    pace: 'alone',
    reference: UNBOUNDED,
    run: (fixture) => expectRateLimit(fixture, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` })),
  },
  {
    id: 'H10.each-address',
    title: 'one request from each of many client addresses, behind a trusted proxy',
    severity: 'hardening',
    expected: '200 for all: the rate limit applies per client address',
    setup: 'low HTTP rate limit behind a proxy',
    async run(fixture) {
      assertEqual(
        'the statuses',
        new Set(await requestStatuses(fixture, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))),
        new Set([200]),
      );
    },
  },
  {
    id: 'H10.one-address',
    title: 'more requests than the rate limit allows from one client address, behind a trusted proxy',
    severity: 'hardening',
    expected: 'some are refused',
    setup: 'low HTTP rate limit behind a proxy',
    reference: UNBOUNDED,
    run: (fixture) => expectRateLimit(fixture, () => ({ 'x-forwarded-for': '203.0.113.200' })),
  },
  {
    id: 'H10.forged',
    title:
      'more requests than the rate limit allows from one client that prepends forged addresses to X-Forwarded-For, behind a trusted proxy',
    severity: 'hardening',
    expected: 'some are refused: only the address added by the trusted proxy counts',
    setup: 'low HTTP rate limit behind a proxy',
    reference: UNBOUNDED,
    run: (fixture) => expectRateLimit(fixture, (n) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.201` })),
  },
  ...[20_000, 200_000].map((length): CaseDraft => ({
    id: `H11.target-${length}`,
    title: `a request target of ${length} characters`,
    severity: 'hardening',
    expected: '414 or 431, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      const wire = fixture.openRaw();
      wire.send(`GET ${fixture.server.path}?${'x'.repeat(length)} HTTP/1.1\r\nhost: a\r\n\r\n`);
      return expectRefusal(wire, [414, 431]);
    },
  })),
  {
    id: 'H11.long-header',
    title: 'a header of 20,000 characters',
    severity: 'hardening',
    expected: '431, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      const wire = fixture.openRaw();
      wire.send(`GET ${fixture.server.path} HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
      return expectRefusal(wire, [431]);
    },
  },
  {
    id: 'H11.many-headers',
    title: '1,000 headers',
    severity: 'hardening',
    expected: '431, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      const wire = fixture.openRaw();
      const lines = Array.from({ length: 1000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}\r\n`);
      wire.send(`GET ${fixture.server.path} HTTP/1.1\r\nhost: a\r\n${lines.join('')}\r\n`);
      return expectRefusal(wire, [431]);
    },
  },
  {
    id: 'H11.long-handshake',
    title: 'a handshake with a target of 20,000 characters',
    severity: 'hardening',
    expected: '414 or 431, and other peers can connect',
    pace: 'alone',
    async run(fixture) {
      const wire = fixture.openRaw();
      wire.send(`GET ${fixture.socketTarget()}&more=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n${UPGRADE}\r\n`);
      const refusal = await expectRefusal(wire, [414, 431]);
      await fixture.connect('ann');
      return refusal;
    },
  },
  {
    id: 'H11.no-http',
    title: 'bytes that are not HTTP, on several connections',
    severity: 'hardening',
    expected: 'no connection is answered with a success, and the server keeps running',
    pace: 'alone',
    async run(fixture) {
      for (const bytes of [Buffer.alloc(512, 0xff), Buffer.from('\0\0\0\0\r\n\r\n'), Buffer.from('BREW / HTCPCP/1.0\r\n\r\n')]) {
        const wire = fixture.openRaw().send(bytes);
        // A server may wait for the end of the head. Its time limit is its own choice.
        const status = await within(READ_GRACE_MS, wire.status());
        assertThat(status === undefined || status >= 400, `the invalid request was answered with ${status}`);
        wire.terminate();
      }
    },
  },
  {
    id: 'H15.in-order',
    title: 'ten pipelined requests on one connection',
    severity: 'recommended',
    expected: 'ten responses in the same order',
    async run(fixture) {
      const { path, key } = fixture.server;
      const targets = Array.from({ length: 9 }, (_, n) => (n % 2 === 0 ? `${key}/id` : 'nowhere'));
      const requests = targets.map((target) => `GET ${path}${target} HTTP/1.1\r\nhost: a\r\n\r\n`);
      const last = `GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
      const wire = fixture.openRaw().send(requests.join('') + last);
      await wire.waitFor(/(HTTP\/1\.[01] \d{3}[\s\S]*?){10}/);
      const statuses = Array.from(wire.received.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status));
      assertEqual('the statuses', statuses, [...targets.map((target) => (target === 'nowhere' ? 404 : 200)), 200]);
    },
  },
  {
    id: 'H11.half-request',
    title: 'twenty connections that close in the middle of a request or handshake',
    severity: 'hardening',
    expected: 'the server keeps running, and other peers can connect',
    pace: 'alone',
    async run(fixture) {
      for (let n = 0; n < 20; n++) {
        const target = n % 2 === 0 ? fixture.server.path : fixture.socketTarget();
        const wire = fixture.openRaw().send(`GET ${target} HTTP/1.1\r\nhost: a\r\n${UPGRADE.slice(0, 6 * n)}`);
        await wire.flush();
        wire.terminate();
      }
      await fixture.connect('ann');
    },
  },
]);

/** The limit is the choice of the server, so a larger one is loose, as is closing without a response. */
async function expectRefusal(wire: RawConnection, expected: readonly number[]): Promise<Loose | void> {
  const status = await wire.status();
  if (status === undefined) return loose('closes the connection without a response');
  return expected.includes(status) ? undefined : loose(`answers ${status}`);
}

async function expectRateLimit(fixture: Fixture, headersOf: (n: number) => Record<string, string>): Promise<void> {
  assertThat((await requestStatuses(fixture, headersOf)).includes(429), 'no request was refused');
}

async function requestStatuses(fixture: Fixture, headersOf: (n: number) => Record<string, string>): Promise<number[]> {
  const target = `${fixture.server.key}/id`;
  const answers = await Promise.all(
    Array.from({ length: REQUESTS }, (_, n) => fixture.request(target, { headers: headersOf(n) })),
  );
  return answers.map(({ status }) => status);
}
