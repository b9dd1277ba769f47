import { cases, type CaseDraft } from '../case.ts';
import { assertEqual, assertThat, assertMatch } from '../assertions.ts';
import type { RawConnection } from '../client/raw-connection.ts';
import { loose, type Loose } from '../outcomes.ts';
import type { Fixture } from '../fixture.ts';
import { pollUntil } from '../waiting.ts';

// So many that they do not all fit into a few windows, however slow the machine.
const REQUESTS = 40;
const UNBOUNDED = { behaviour: 'has no bound', evidence: /no request was refused/ };
const UPGRADE = [
  'upgrade: websocket',
  'connection: upgrade',
  'sec-websocket-version: 13',
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
].join('\r\n');

/** H9 to H11, H15: too many requests, too long ones, none at all, and many on one connection. */
export const HTTP_BOUND_CASES = cases([
  {
    id: 'H9.too-many',
    title: `${REQUESTS} requests at once, more than the window allows`,
    severity: 'hardening',
    expected: '429 for some, with retry-after in seconds',
    setup: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      const answers = await Promise.all(Array.from({ length: REQUESTS }, () => scene.request(`${scene.server.key}/id`)));
      const late = answers.find(({ status }) => status === 429);
      assertThat(late !== undefined, 'no request was refused');
      assertMatch('retry-after', late.headers['retry-after'], /^[1-9]\d*$/);
    },
  },
  {
    id: 'H9.next-window',
    title: 'too many requests, and one in the next window',
    severity: 'hardening',
    expected: 'the first are refused, the last is answered',
    setup: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      await expectRateLimit(scene, () => ({}));
      await pollUntil(scene.patience, 'the next window', async () =>
        (await scene.request(`${scene.server.key}/id`)).status === 200 ? true : undefined,
      );
    },
  },
  {
    id: 'H9.sockets-open',
    title: 'too many requests, then a socket',
    severity: 'recommended',
    expected: 'OPEN: sockets are not counted',
    setup: 'few requests',
    pace: 'alone',
    async run(scene) {
      await requestStatuses(scene, () => ({}));
      await scene.connect('ann');
    },
  },
  {
    id: 'H10.no-proxy',
    title: 'too many requests, each with another address in x-forwarded-for, where no proxy is trusted',
    severity: 'hardening',
    expected: 'some are refused: the header changes nothing',
    setup: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    run: (scene) => expectRateLimit(scene, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` })),
  },
  {
    id: 'H10.each-address',
    title: 'one request of each of many addresses, behind a proxy that is trusted',
    severity: 'hardening',
    expected: 'all are answered',
    setup: 'few requests behind a proxy',
    async run(scene) {
      assertEqual(
        'the statuses',
        new Set(await requestStatuses(scene, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))),
        new Set([200]),
      );
    },
  },
  {
    id: 'H10.one-address',
    title: 'too many requests of one address, behind a proxy that is trusted',
    severity: 'hardening',
    expected: 'some are refused',
    setup: 'few requests behind a proxy',
    reference: UNBOUNDED,
    run: (scene) => expectRateLimit(scene, () => ({ 'x-forwarded-for': '203.0.113.200' })),
  },
  {
    id: 'H10.forged',
    title: 'too many requests of one address that writes other addresses in front of what its proxy adds',
    severity: 'hardening',
    expected: 'some are refused: what a client writes does not count',
    setup: 'few requests behind a proxy',
    reference: UNBOUNDED,
    run: (scene) => expectRateLimit(scene, (n) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.201` })),
  },
  ...[20_000, 200_000].map((length): CaseDraft => ({
    id: `H11.target-${length}`,
    title: `a request target of ${length} characters`,
    severity: 'hardening',
    expected: '414 or 431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.openRaw();
      wire.send(`GET ${scene.server.path}?${'x'.repeat(length)} HTTP/1.1\r\nhost: a\r\n\r\n`);
      return expectRefusal(wire, [414, 431]);
    },
  })),
  {
    id: 'H11.long-header',
    title: 'a header of 20,000 characters',
    severity: 'hardening',
    expected: '431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.openRaw();
      wire.send(`GET ${scene.server.path} HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
      return expectRefusal(wire, [431]);
    },
  },
  {
    id: 'H11.many-headers',
    title: 'a thousand headers',
    severity: 'hardening',
    expected: '431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.openRaw();
      const lines = Array.from({ length: 1000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}\r\n`);
      wire.send(`GET ${scene.server.path} HTTP/1.1\r\nhost: a\r\n${lines.join('')}\r\n`);
      return expectRefusal(wire, [431]);
    },
  },
  {
    id: 'H11.long-handshake',
    title: 'a handshake with a target of 20,000 characters',
    severity: 'hardening',
    expected: '414 or 431, and others get in',
    pace: 'alone',
    async run(scene) {
      const wire = scene.openRaw();
      wire.send(`GET ${scene.socketTarget()}&more=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n${UPGRADE}\r\n`);
      const refusal = await expectRefusal(wire, [414, 431]);
      await scene.connect('ann');
      return refusal;
    },
  },
  {
    id: 'H11.no-http',
    title: 'bytes that are no HTTP, on several connections',
    severity: 'hardening',
    expected: 'each is closed or answered with 400, and the server lives',
    pace: 'alone',
    async run(scene) {
      for (const bytes of [Buffer.alloc(512, 0xff), Buffer.from('\0\0\0\0\r\n\r\n'), Buffer.from('BREW / HTCPCP/1.0\r\n\r\n')]) {
        const wire = scene.openRaw().send(bytes);
        const status = await wire.status();
        assertThat(status === undefined || status >= 400, `it was answered with ${status}`);
        wire.terminate();
      }
    },
  },
  {
    id: 'H15.in-order',
    title: 'ten requests on one connection, each sent before the answer to the one before',
    severity: 'recommended',
    expected: 'ten answers, in their order',
    async run(scene) {
      const { path, key } = scene.server;
      const targets = Array.from({ length: 9 }, (_, n) => (n % 2 === 0 ? `${key}/id` : 'nowhere'));
      const requests = targets.map((target) => `GET ${path}${target} HTTP/1.1\r\nhost: a\r\n\r\n`);
      const last = `GET ${path}${key}/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n`;
      const wire = scene.openRaw().send(requests.join('') + last);
      await wire.waitForClose();
      const statuses = Array.from(wire.received.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status));
      assertEqual('the statuses', statuses, [...targets.map((target) => (target === 'nowhere' ? 404 : 200)), 200]);
    },
  },
  {
    id: 'H11.half-request',
    title: 'twenty connections that are cut in the midst of a request or a handshake',
    severity: 'hardening',
    expected: 'the server lives, and others get in',
    pace: 'alone',
    async run(scene) {
      for (let n = 0; n < 20; n++) {
        const target = n % 2 === 0 ? scene.server.path : scene.socketTarget();
        const wire = scene.openRaw().send(`GET ${target} HTTP/1.1\r\nhost: a\r\n${UPGRADE.slice(0, 6 * n)}`);
        await wire.flush();
        wire.terminate();
      }
      await scene.connect('ann');
    },
  },
]);

/** Where a limit lies is the server's choice, so to take it is loose; so is to close without a word. */
async function expectRefusal(wire: RawConnection, expected: readonly number[]): Promise<Loose | void> {
  const status = await wire.status();
  if (status === undefined) return loose('closes the connection without an answer');
  return expected.includes(status) ? undefined : loose(`answers ${status}`);
}

async function expectRateLimit(scene: Fixture, headersOf: (n: number) => Record<string, string>): Promise<void> {
  assertThat((await requestStatuses(scene, headersOf)).includes(429), 'no request was refused');
}

async function requestStatuses(scene: Fixture, headersOf: (n: number) => Record<string, string>): Promise<number[]> {
  const target = `${scene.server.key}/id`;
  const answers = await Promise.all(Array.from({ length: REQUESTS }, (_, n) => scene.request(target, { headers: headersOf(n) })));
  return answers.map(({ status }) => status);
}
