import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { snippet } from './snippet.ts';

/** A recipe as a program, on a free loopback port. */
function recipe(name: string): ServerKind {
  const command = (port: number): string[] => {
    const here = snippet('docs/recipes.md', name).replace('port: 9000', `port: ${port}, host: '${LOOPBACK}'`);
    return [process.execPath, '--input-type=module', '--eval', here];
  };
  return { name: `the recipe ${name}`, command };
}

async function started(name: string): Promise<Server> {
  const server = await Server.start({ kind: recipe(name), options: { path: '/signal' } });
  onTestFinished(async () => {
    server.closeAll();
    await server.stop();
  });
  return server;
}

async function relays(server: Server): Promise<void> {
  const [ann, bob] = [await server.connectPeer('ann'), await server.connectPeer('bob')];
  ann.sendOffer(bob.id, 'hello');
  expect(await bob.receive()).toMatchObject({ type: 'OFFER', src: ann.id });
}

it('Fastify serves its routes and the broker', { timeout: 60_000 }, async () => {
  const server = await started('fastify');
  await relays(server);
  expect((await sendRequest(server, '/')).body).toBe('Hello');
});

it('Vite serves its pages, its own WebSockets and the broker', { timeout: 60_000 }, async () => {
  const server = await started('vite');
  await relays(server);
  expect((await sendRequest(server, '/two-tabs.html')).body).toContain('/@vite/client');
  const own = new WebSocket(`ws://${server.host}:${server.port}/`, 'vite-ping');
  onTestFinished(() => own.terminate());
  const outcome = await new Promise((resolve) => {
    own.once('open', () => resolve('open'));
    own.once('error', resolve);
  });
  expect(outcome).toBe('open');
  await relays(server);
});
