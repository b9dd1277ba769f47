import { cases, type CaseDraft } from '../case.ts';
import { equals, holds, matches } from '../claims.ts';
import type { Wire } from '../far-end/wire.ts';
import { loose, type Loose } from '../outcomes.ts';
import type { Scene } from '../scene.ts';
import { until } from '../waiting.ts';

// So many that they do not all fit into a few windows, however slow the machine.
const TRIES = 40;
const UNBOUNDED = { does: 'has no bound', shows: /no request was refused/ };
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
    title: `${TRIES} requests at once, more than the window allows`,
    severity: 'hardening',
    expected: '429 for some, with retry-after in seconds',
    needs: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      const answers = await Promise.all(Array.from({ length: TRIES }, () => scene.asks(`${scene.server.key}/id`)));
      const late = answers.find(({ status }) => status === 429);
      holds(late !== undefined, 'no request was refused');
      matches('retry-after', late.headers['retry-after'], /^[1-9]\d*$/);
    },
  },
  {
    id: 'H9.next-window',
    title: 'too many requests, and one in the next window',
    severity: 'hardening',
    expected: 'the first are refused, the last is answered',
    needs: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    async run(scene) {
      await someAreRefused(scene, () => ({}));
      await until(scene.patience, 'the next window', async () =>
        (await scene.asks(`${scene.server.key}/id`)).status === 200 ? true : undefined,
      );
    },
  },
  {
    id: 'H9.sockets-open',
    title: 'too many requests, then a socket',
    severity: 'recommended',
    expected: 'OPEN: sockets are not counted',
    needs: 'few requests',
    pace: 'alone',
    async run(scene) {
      await statuses(scene, () => ({}));
      await scene.enters('ann');
    },
  },
  {
    id: 'H10.no-proxy',
    title: 'too many requests, each with another address in x-forwarded-for, where no proxy is trusted',
    severity: 'hardening',
    expected: 'some are refused: the header changes nothing',
    needs: 'few requests',
    pace: 'alone',
    reference: UNBOUNDED,
    run: (scene) => someAreRefused(scene, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` })),
  },
  {
    id: 'H10.each-address',
    title: 'one request of each of many addresses, behind a proxy that is trusted',
    severity: 'hardening',
    expected: 'all are answered',
    needs: 'few requests behind a proxy',
    async run(scene) {
      equals('the statuses', new Set(await statuses(scene, (n) => ({ 'x-forwarded-for': `203.0.113.${n}` }))), new Set([200]));
    },
  },
  {
    id: 'H10.one-address',
    title: 'too many requests of one address, behind a proxy that is trusted',
    severity: 'hardening',
    expected: 'some are refused',
    needs: 'few requests behind a proxy',
    reference: UNBOUNDED,
    run: (scene) => someAreRefused(scene, () => ({ 'x-forwarded-for': '203.0.113.200' })),
  },
  {
    id: 'H10.forged',
    title: 'too many requests of one address that writes other addresses in front of what its proxy adds',
    severity: 'hardening',
    expected: 'some are refused: what a client writes does not count',
    needs: 'few requests behind a proxy',
    reference: UNBOUNDED,
    run: (scene) => someAreRefused(scene, (n) => ({ 'x-forwarded-for': `198.51.100.${n}, 203.0.113.201` })),
  },
  ...[20_000, 200_000].map((length): CaseDraft => ({
    id: `H11.target-${length}`,
    title: `a request target of ${length} characters`,
    severity: 'hardening',
    expected: '414 or 431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.wire();
      wire.sends(`GET ${scene.server.path}?${'x'.repeat(length)} HTTP/1.1\r\nhost: a\r\n\r\n`);
      return refusalOf(wire, [414, 431]);
    },
  })),
  {
    id: 'H11.long-header',
    title: 'a header of 20,000 characters',
    severity: 'hardening',
    expected: '431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.wire();
      wire.sends(`GET ${scene.server.path} HTTP/1.1\r\nhost: a\r\nx-long: ${'x'.repeat(20_000)}\r\n\r\n`);
      return refusalOf(wire, [431]);
    },
  },
  {
    id: 'H11.many-headers',
    title: 'a thousand headers',
    severity: 'hardening',
    expected: '431, and the server lives',
    pace: 'alone',
    async run(scene) {
      const wire = scene.wire();
      const lines = Array.from({ length: 1000 }, (_, n) => `x-${n}: ${'y'.repeat(40)}\r\n`);
      wire.sends(`GET ${scene.server.path} HTTP/1.1\r\nhost: a\r\n${lines.join('')}\r\n`);
      return refusalOf(wire, [431]);
    },
  },
  {
    id: 'H11.long-handshake',
    title: 'a handshake with a target of 20,000 characters',
    severity: 'hardening',
    expected: '414 or 431, and others get in',
    pace: 'alone',
    async run(scene) {
      const wire = scene.wire();
      wire.sends(`GET ${scene.socketTarget()}&more=${'x'.repeat(20_000)} HTTP/1.1\r\nhost: a\r\n${UPGRADE}\r\n`);
      const refusal = await refusalOf(wire, [414, 431]);
      await scene.enters('ann');
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
        const wire = scene.wire().sends(bytes);
        const status = await wire.status();
        holds(status === undefined || status >= 400, `it was answered with ${status}`);
        wire.cut();
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
      const wire = scene.wire().sends(requests.join('') + last);
      await wire.closed();
      const statuses = Array.from(wire.heard.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status));
      equals('the statuses', statuses, [...targets.map((target) => (target === 'nowhere' ? 404 : 200)), 200]);
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
        const wire = scene.wire().sends(`GET ${target} HTTP/1.1\r\nhost: a\r\n${UPGRADE.slice(0, 6 * n)}`);
        await wire.sent();
        wire.cut();
      }
      await scene.enters('ann');
    },
  },
]);

/** Where a limit lies is the server's choice, so to take it is loose; so is to close without a word. */
async function refusalOf(wire: Wire, expected: readonly number[]): Promise<Loose | void> {
  const status = await wire.status();
  if (status === undefined) return loose('closes the connection without an answer');
  return expected.includes(status) ? undefined : loose(`answers ${status}`);
}

async function someAreRefused(scene: Scene, headersOf: (n: number) => Record<string, string>): Promise<void> {
  holds((await statuses(scene, headersOf)).includes(429), 'no request was refused');
}

async function statuses(scene: Scene, headersOf: (n: number) => Record<string, string>): Promise<number[]> {
  const target = `${scene.server.key}/id`;
  const answers = await Promise.all(Array.from({ length: TRIES }, (_, n) => scene.asks(target, { headers: headersOf(n) })));
  return answers.map(({ status }) => status);
}
