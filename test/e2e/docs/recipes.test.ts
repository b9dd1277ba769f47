import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { WebSocket } from 'ws';
import { ROOT } from '../../architecture/tree.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { snippet } from './snippet.ts';

/** A recipe as a program, on a free loopback port. */
function recipe(name: string): ServerKind {
  return {
    name: `the recipe ${name}`,
    command: (port) => [process.execPath, '--input-type=module', '--eval', programOf(name, port)],
  };
}

function programOf(name: string, port: number): string {
  return snippet('docs/recipes.md', name)
    .replace('port: 9000', `port: ${port}, host: '${LOOPBACK}'`)
    .replace('listen(9000)', `listen(${port}, '${LOOPBACK}')`);
}

/** A recipe as a program in a folder of its own, whose `node_modules` has more packages. */
function recipeIn(folder: string, name: string): ServerKind {
  const command = (port: number): string[] => {
    const file = join(folder, 'program.mjs');
    writeFileSync(file, programOf(name, port));
    return [process.execPath, file];
  };
  return { name: `the recipe ${name}`, command };
}

/** A folder that has the package, and these links to other packages. */
function folderWith(links: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, target] of Object.entries({ '@signalbox/broker': ROOT, ...links })) {
    const path = join(folder, 'node_modules', name);
    mkdirSync(join(path, '..'), { recursive: true });
    symlinkSync(target, path);
  }
  return folder;
}

function frameworks(...names: readonly string[]): Record<string, string> {
  const output = execFileSync(process.execPath, ['scripts/ensure-frameworks.mjs'], { encoding: 'utf8' });
  const installed = output.trim().split('\n').at(-1) ?? '';
  return Object.fromEntries(names.map((name) => [name, join(installed, 'node_modules', name)]));
}

/** As Next does: pages for all requests, and a listener for upgrades that the first request adds and that ends unknown ones. */
const NEXT = `export default () => ({
  prepare: async () => undefined,
  getRequestHandler: () => (request, response) => {
    const { server } = request.socket;
    if (server.listenerCount('upgrade') < 2) {
      server.on('upgrade', ({ url }, socket) => socket.end(url.startsWith('/_next/') ? 'HTTP/1.1 101 Hot Reload\\r\\n\\r\\n' : ''));
    }
    response.end('a page');
  },
});
`;

async function started(kind: ServerKind): Promise<Server> {
  const server = await Server.start({ kind, options: { path: '/signal' } });
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

it('Fastify serves its routes and the broker', { timeout: 180_000 }, async () => {
  const server = await started(recipe('fastify'));
  await relays(server);
  expect((await sendRequest(server, '/')).body).toBe('Hello');
});

it('Vite serves its pages, its own WebSockets and the broker', { timeout: 180_000 }, async () => {
  const server = await started(recipe('vite'));
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

it('NestJS with WsAdapter serves its routes and the broker', { timeout: 180_000 }, async () => {
  const names = ['@nestjs/common', '@nestjs/core', '@nestjs/platform-express', '@nestjs/platform-ws', 'reflect-metadata'];
  const server = await started(recipeIn(folderWith(frameworks(...names)), 'nest'));
  await relays(server);
  expect((await sendRequest(server, '/hello')).body).toBe('Hello');
});

it('Hono serves its routes and the broker', { timeout: 180_000 }, async () => {
  const server = await started(recipeIn(folderWith(frameworks('hono', '@hono/node-server')), 'hono'));
  await relays(server);
  expect((await sendRequest(server, '/')).body).toBe('Hello');
});

it('a custom server of Next.js serves its pages and the broker, before and after Next listens for upgrades', async () => {
  const folder = folderWith({});
  mkdirSync(join(folder, 'node_modules/next'));
  writeFileSync(join(folder, 'node_modules/next/index.mjs'), NEXT);
  writeFileSync(join(folder, 'node_modules/next/package.json'), '{"exports":"./index.mjs"}');
  const server = await started(recipeIn(folder, 'next'));
  await relays(server);
  expect((await sendRequest(server, '/')).body).toBe('a page');
  await relays(server);
}, 180_000);
