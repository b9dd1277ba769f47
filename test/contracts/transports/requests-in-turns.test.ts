import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { AttachedTransport } from '../../../src/adapters/transports/node/attachment.ts';
import { NodeTransport } from '../../../src/adapters/transports/node/listener.ts';
import { loadUwsTransport } from '../../../src/adapters/transports/uws/listener.ts';
import type { Transport } from '../../../src/application/ports/transport.ts';
import { BOUNDS } from '../../../src/contracts/transports/fixture.ts';
import { RecordingGateway } from '../../../src/contracts/transports/recording-gateway.ts';

const SETTINGS = { host: '127.0.0.1', port: 0, ...BOUNDS };
const [CLIENTS, EACH] = [30, 40];
/** The requests of one turn, and those that waited for it. */
const MOST_IN_TURN = 210;
/** The budget of a turn. */
const MOST_UNITS = 4_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function attached(): Promise<Transport> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => server.close());
  const transport = new AttachedTransport({ ...SETTINGS, server, owns: () => true });
  server.on('request', transport.handle);
  return transport;
}

/** Requests that the gateway serves in each turn of the event loop. @param units that each of them costs in addition. */
async function servedInTurns(transport: Transport, request: string, readsBody: boolean, units = 0): Promise<number[]> {
  const gateway = new RecordingGateway();
  let served = 0;
  gateway.answerRequest = (exchange) => {
    const serve = (): void => {
      served += 1;
      if (units > 0) exchange.spend?.(units);
      exchange.respond({ status: 200, headers: [], body: 'here' });
    };
    if (readsBody) exchange.readBody(100, serve);
    else serve();
  };
  const { port } = await transport.listen(gateway);
  cleanups.push(() => transport.stop());
  const clients: Socket[] = [];
  for (let i = 0; i < CLIENTS; i++) {
    const client = connect(port, '127.0.0.1');
    cleanups.push(() => client.destroy());
    await once(client, 'connect');
    client.resume();
    clients.push(client);
  }
  for (const client of clients) client.write(request.repeat(EACH));
  const turns: number[] = [];
  for (let idle = 0; idle < 1_000; idle++) {
    const before = served;
    await new Promise((resolve) => setImmediate(resolve));
    turns.push(served - before);
    if (served > before) idle = 0;
  }
  return turns;
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/** Some versions of Node and some platforms have no build. */
const hasUws = await loadUwsTransport(SETTINGS).then(
  () => true,
  () => false,
);

const TRANSPORTS: [string, () => Promise<Transport>][] = [
  ['node', () => Promise.resolve(new NodeTransport(SETTINGS))],
  ['attached', attached],
];
if (hasUws) TRANSPORTS.push(['uws', () => loadUwsTransport(SETTINGS)]);

describe.each(TRANSPORTS)('M23: requests of one turn of the event loop, %s', (name, start) => {
  it.each([
    ['without a body', 'GET /a HTTP/1.1\r\nHost: a\r\n\r\n', false],
    ['with a body', 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody', true],
  ])('are bounded, and the others wait: %s', async (_, request, readsBody) => {
    const turns = await servedInTurns(await start(), request, readsBody);
    expect(Math.max(...turns)).toBeLessThanOrEqual(MOST_IN_TURN);
    // H15: uWebSockets.js cuts a connection that sends a request ahead of a response that waits.
    if (name === 'uws') expect(total(turns)).toBeGreaterThanOrEqual(100);
    else expect(total(turns)).toBe(CLIENTS * EACH);
  });

  it('are fewer if they cost more', async () => {
    const request = 'POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody';
    const turns = await servedInTurns(await start(), request, true, MOST_UNITS / 8);
    expect(Math.max(...turns)).toBeLessThanOrEqual(20);
  });
});
