import { createHmac, randomUUID } from 'node:crypto';
import { expect, it, onTestFinished } from 'vitest';
import { SystemClock } from '../../../src/adapters/clocks/system.ts';
import { PinoLog } from '../../../src/adapters/logs/pino.ts';
import { createBroker, type BrokerOptions } from '../../../src/composition/library.ts';
import { ServerClient, uniqueName } from '../../support/e2e/server-client.ts';
import { httpOutcome, peerjsOutcome, queryOf, relayOutcome, socketioOutcome } from '../../support/e2e/wires.ts';

/* Secrets and tokens appear in no line of the log, and in no metric. */

const KEY = `auth-${randomUUID()}`;
const METRICS_TOKEN = `metrics-${randomUUID()}`;
const SECRETS = {
  auth_key: KEY,
  metrics_token: METRICS_TOKEN,
  turn_secret: `turn-${randomUUID()}`,
  auth_url_secret: `webhook-${randomUUID()}`,
  mercure_publisher_key: `publisher-${randomUUID()}`,
};
const OPTIONS: BrokerOptions = {
  ...{ auth: 'required', metrics_public: true, dialects: ['peerjs', 'relay', 'mercure', 'socketio'] },
  ...{ turn: 'turn:turn.example.org', auth_url: 'http://127.0.0.1:9/', auth_failures_per_minute: 0, malformed_limit: 1 },
};

function tokenOf(claims: object, key = KEY): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const exp = Math.floor(Date.now() / 1000) + 600;
  const text = `${part({ alg: 'HS256' })}.${part({ sub: 'ann', aud: 'signalbox', exp, jti: randomUUID(), ...claims })}`;
  return `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`;
}

const TIMEOUT_MS = 60_000;

it.each([
  ['uws', 'json'],
  ['node', 'logfmt'],
] as const)('A2, I7: a broker on %s with a log in %s shows no secret and no token', async (transport, format) => {
  const lines: string[] = [];
  const to = { write: (line: string) => void lines.push(line) };
  const log = new PinoLog({ level: 'trace', format, clock: new SystemClock(), to });
  const broker = createBroker({ ...OPTIONS, ...SECRETS, port: 0, host: '127.0.0.1', transport, log });
  const { port } = await broker.listen();
  const server = new ServerClient({ host: '127.0.0.1', port, secure: false, path: '/', key: 'peerjs' }, TIMEOUT_MS);
  onTestFinished(async () => {
    server.closeAll();
    await broker.close();
  });
  const tokens = {
    good: tokenOf({}),
    refreshed: tokenOf({ sub: 'bob' }),
    expired: tokenOf({ exp: 1 }),
    forged: tokenOf({}, `${KEY}!`),
    odd: tokenOf({ signalbox: { id: 5 } }),
    long: tokenOf({ more: 'x'.repeat(5_000) }),
    session: `session-${randomUUID()}`,
  };
  const ann = await server.connectPeer('ann', { token: tokens.good });
  ann.send({ type: 'TOKEN', payload: { token: tokens.refreshed } });
  expect(await ann.receive()).toMatchObject({ type: 'TOKEN-REFUSED' });
  for (const token of Object.values(tokens)) {
    await peerjsOutcome({ port, id: uniqueName('eve') }, { query: token });
    await relayOutcome({ port }, { protocol: token });
    await httpOutcome(port, `/peerjs/ice?${queryOf({ id: 'ann', token })}`, {});
    await httpOutcome(port, `/peerjs/check?${queryOf({ id: 'ann', token })}`, {});
    await httpOutcome(port, '/peerjs/peers', { cookie: token, origin: 'https://app.example.org' });
    await httpOutcome(port, `/.well-known/mercure?${queryOf({ topic: 'a', authorization: token })}`, {});
    await socketioOutcome({ port }, { query: token }, { transport: 'websocket' });
  }
  ann.sendText(`{"type":"TOKEN","payload":{"token":"${tokens.good}"`);
  ann.sendText(`{"type":"TOKEN","payload":{"token":["${tokens.good}"]}`);
  await ann.closed();
  const metrics = await server.requestAt('/metrics', { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  expect(metrics).toMatchObject({ status: 200, body: expect.stringContaining('signalbox_') as string });
  server.closeAll();
  await broker.close();

  expect(lines.join('')).toContain('token-expired');
  const shown = [...lines, metrics.body].join('\n');
  const parts = Object.values(tokens).flatMap((token) => token.split('.').slice(token.includes('.') ? 1 : 0));
  expect([...Object.values(SECRETS), ...parts].filter((secret) => shown.includes(secret))).toEqual([]);
});
