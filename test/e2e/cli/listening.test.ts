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

/** Says nothing of the host. */
const bare = (transport: 'uws' | 'node'): ServerKind => ({
  name: `signalbox on ${transport}, at its default host`,
  command: (port) => [process.execPath, SIGNALBOX_CLI, '--port', String(port), '--transport', transport],
});

describe.each([
  { transport: 'uws' as const, kind: SIGNALBOX_UWS },
  { transport: 'node' as const, kind: SIGNALBOX_NODE },
])('where signalbox listens on $transport', ({ transport, kind }) => {
  for (const host of [LOOPBACK, ...(HAS_IPV6 ? ['::1'] : [])]) {
    it(`by default it is found at ${host}`, async () => {
      const server = await starts({ kind: bare(transport), host });
      await server.connectPeer('ann');
    });
  }

  it('with a certificate it speaks TLS, for HTTP and sockets', async () => {
    const server = await starts({ kind, options: CERTIFICATE });
    expect((await server.request('peerjs/id')).status).toBe(200);
    expect(await framesBeforeEcho(await server.connectPeer('ann'))).toEqual([]);
  });

  it('a port in use: one line that names it, and exit code 1', async () => {
    const { port } = await starts({ kind });
    const { code, stderr } = await run(['--transport', transport, '--host', LOOPBACK, '--port', String(port)]);
    expect(code).toBe(1);
    complains(stderr, String(port));
  });

  for (const [what, files] of Object.entries({
    'a certificate that is not there': { ...CERTIFICATE, sslcert: `${TLS}/not-there.crt` },
    'a private key that is not there': { ...CERTIFICATE, sslkey: `${TLS}/not-there.key` },
    'a certificate that is none': { ...CERTIFICATE, sslcert: 'package.json' },
    'a private key of another certificate': { ...CERTIFICATE, sslkey: `${TLS}/stranger.key` },
  })) {
    it(`${what}: one line that says so, and exit code 1`, async () => {
      const port = String(await freePort());
      const { code, stderr } = await run([
        ...['--transport', transport, '--host', LOOPBACK, '--port', port],
        ...['--sslkey', files.sslkey, '--sslcert', files.sslcert],
      ]);
      expect(code).toBe(1);
      complains(stderr, /not-there|key|certificate/i);
    });
  }

  it('an address that this machine has not: one line that names it, and exit code 1', async () => {
    const { code, stderr } = await run(['--transport', transport, '--host', '192.0.2.1', '--port', String(await freePort())]);
    expect(code).toBe(1);
    complains(stderr, '192.0.2.1');
  });

  it('no more connections than allowed: 503 before the handshake', async () => {
    const server = await starts({ kind, options: { max_connections: 2 } });
    for (const name of ['ann', 'bob']) await server.connectPeer(name);
    expect(await server.handshakeStatus({})).toBe(503);
  });

  it('no more connections from one address than allowed: 429 before the handshake, until one has gone', async () => {
    const server = await starts({ kind, options: { max_connections_per_address: 2 } });
    const [ann] = [await server.connectPeer('ann'), await server.connectPeer('bob')];
    expect(await server.handshakeStatus({})).toBe(429);
    await ann.close();
    await server.connectPeerWhenFree('cem');
  });
});

describe('where the options come from', () => {
  const withFlags = (...flags: string[]): ServerKind => ({
    name: `signalbox ${flags.join(' ')}`,
    command: () => [process.execPath, SIGNALBOX_CLI, ...flags],
  });

  it('PEERJS_PORT, PEERJS_HOST and PEERJS_KEY', async () => {
    const port = await freePort();
    const environment = { PEERJS_PORT: String(port), PEERJS_HOST: LOOPBACK, PEERJS_KEY: 'secret' };
    const server = await starts({ kind: withFlags(), port, environment });
    expect((await server.request('secret/id')).status).toBe(200);
    expect((await server.request('peerjs/id')).status).toBe(401);
  });

  it('PORT and PEERSERVER_PATH, as peer knows them', async () => {
    const port = await freePort();
    const environment = { PORT: String(port), PEERSERVER_PATH: '/below' };
    const kind = withFlags('--host', LOOPBACK);
    const server = await starts({ kind, port, environment, options: { path: '/below' } });
    expect((await server.requestAt('/below/peerjs/id')).status).toBe(200);
  });

  it('a flag is stronger than the environment', async () => {
    const port = await freePort();
    const kind = withFlags('--port', String(port), '--host', LOOPBACK);
    const server = await starts({ kind, port, environment: { PEERJS_PORT: String(await freePort()) } });
    expect(server.port).toBe(port);
  });

  it('`npm start` builds, and hands its flags on', async () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
    expect(scripts['prestart']).toBe('npm run --silent prepare');
    expect(scripts['prepare']).toContain('npm run build');
    const [node = '', ...start] = scripts['start']?.split(' ') ?? [];
    expect(node).toBe('node');
    const kind: ServerKind = {
      name: 'npm start',
      command: (port) => [process.execPath, ...start, '--host', LOOPBACK, '--port', String(port)],
    };
    await (await starts({ kind })).connectPeer('ann');
  });
});

async function starts(starting: ServerStartOptions): Promise<Server> {
  const server = await Server.start(starting);
  onTestFinished(async () => {
    server.closeAll();
    await server.stop();
  });
  return server;
}

function complains(stderr: string, of: string | RegExp): void {
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(of);
  expect(stderr).not.toMatch(/^\s+at /m);
}
