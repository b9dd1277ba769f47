import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { run } from '../../support/e2e/run.ts';
import { Server, type ServerStartOptions } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_CLI, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { framesBeforeEcho } from '../../support/e2e/server-client.ts';

const TLS = 'test/support/tls';
const CERTIFICATE = { sslkey: `${TLS}/localhost.key`, sslcert: `${TLS}/localhost.crt` };
const HAS_IPV6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

/** A broker without the option host. */
const bare = (transport: 'uws' | 'node'): ServerKind => ({
  name: `signalbox on ${transport}, at its default host`,
  command: (port) => [process.execPath, SIGNALBOX_CLI, '--port', String(port), '--transport', transport],
});

describe.each([
  { transport: 'uws' as const, kind: SIGNALBOX_UWS },
  { transport: 'node' as const, kind: SIGNALBOX_NODE },
])('listening with the transport $transport', ({ transport, kind }) => {
  for (const host of [LOOPBACK, ...(HAS_IPV6 ? ['::1'] : [])]) {
    it(`listens on ${host} by default`, async () => {
      const server = await startServer({ kind: bare(transport), host });
      await server.connectPeer('ann');
    });
  }

  it('serves HTTP and WebSockets over TLS with a certificate', async () => {
    const server = await startServer({ kind, options: CERTIFICATE });
    expect((await server.request('peerjs/id')).status).toBe(200);
    expect(await framesBeforeEcho(await server.connectPeer('ann'))).toEqual([]);
  });

  it('a port in use: prints one line with the port and exits with code 1', async () => {
    const { port } = await startServer({ kind });
    const { code, stderr } = await run(['--transport', transport, '--host', LOOPBACK, '--port', String(port)]);
    expect(code).toBe(1);
    expectErrorLine(stderr, String(port));
  });

  for (const [what, files] of Object.entries({
    'a missing certificate': { ...CERTIFICATE, sslcert: `${TLS}/not-there.crt` },
    'a missing private key': { ...CERTIFICATE, sslkey: `${TLS}/not-there.key` },
    'an invalid certificate': { ...CERTIFICATE, sslcert: 'package.json' },
    'a private key of another certificate': { ...CERTIFICATE, sslkey: `${TLS}/stranger.key` },
  })) {
    it(`${what}: prints one line with the reason and exits with code 1`, async () => {
      const port = String(await freePort());
      const { code, stderr } = await run([
        ...['--transport', transport, '--host', LOOPBACK, '--port', port],
        ...['--sslkey', files.sslkey, '--sslcert', files.sslcert],
      ]);
      expect(code).toBe(1);
      expectErrorLine(stderr, /not-there|key|certificate/i);
    });
  }

  it('an address of another machine: prints one line with the address and exits with code 1', async () => {
    const { code, stderr } = await run(['--transport', transport, '--host', '192.0.2.1', '--port', String(await freePort())]);
    expect(code).toBe(1);
    expectErrorLine(stderr, '192.0.2.1');
  });

  it('responds 503 before the handshake above max_connections', async () => {
    const server = await startServer({ kind, options: { max_connections: 2 } });
    for (const name of ['ann', 'bob']) await server.connectPeer(name);
    expect(await server.handshakeStatus({})).toBe(503);
  });

  it('responds 429 before the handshake above max_connections_per_address, until a connection closes', async () => {
    const server = await startServer({ kind, options: { max_connections_per_address: 2 } });
    const [ann] = [await server.connectPeer('ann'), await server.connectPeer('bob')];
    expect(await server.handshakeStatus({})).toBe(429);
    await ann.close();
    await server.connectPeerWhenFree('cem');
  });
});

describe('sources of options', () => {
  const withFlags = (...flags: string[]): ServerKind => ({
    name: `signalbox ${flags.join(' ')}`,
    command: () => [process.execPath, SIGNALBOX_CLI, ...flags],
  });

  it('include PEERJS_PORT, PEERJS_HOST and PEERJS_KEY', async () => {
    const port = await freePort();
    const environment = { PEERJS_PORT: String(port), PEERJS_HOST: LOOPBACK, PEERJS_KEY: 'secret' };
    const server = await startServer({ kind: withFlags(), port, environment });
    await server.connectPeer('ann', { key: 'secret' });
    expect(await (await server.connect({ key: 'peerjs' })).receive()).toMatchObject({ payload: { msg: 'Invalid key provided' } });
  });

  it('include PORT and PEERSERVER_PATH, as in peer', async () => {
    const port = await freePort();
    const environment = { PORT: String(port), PEERSERVER_PATH: '/below' };
    const kind = withFlags('--host', LOOPBACK);
    const server = await startServer({ kind, port, environment, options: { path: '/below' } });
    expect((await server.requestAt('/below/peerjs/id')).status).toBe(200);
  });

  it('prefer a flag to the environment', async () => {
    const port = await freePort();
    const kind = withFlags('--port', String(port), '--host', LOOPBACK);
    const server = await startServer({ kind, port, environment: { PEERJS_PORT: String(await freePort()) } });
    expect(server.port).toBe(port);
  });

  it('include the flags of `npm start`, which builds first if the build is stale', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['prestart']).toMatch(/scripts\/built\.mjs.* \|\| npm run --silent build$/);
    expect(scripts['build']).toMatch(/ && node scripts\/built\.mjs --record$/);
    const [node = '', ...start] = scripts['start']?.split(' ') ?? [];
    expect(node).toBe('node');
    const kind: ServerKind = {
      name: 'npm start',
      command: (port) => [process.execPath, ...start, '--host', LOOPBACK, '--port', String(port)],
    };
    await (await startServer({ kind })).connectPeer('ann');
  });
});

async function startServer(starting: ServerStartOptions): Promise<Server> {
  const server = await Server.start(starting);
  onTestFinished(async () => {
    server.closeAll();
    await server.stop();
  });
  return server;
}

function expectErrorLine(stderr: string, naming: string | RegExp): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(naming);
  expect(stderr).not.toMatch(/^\s+at /m);
}
