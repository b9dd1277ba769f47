import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { TLS_FILES } from '../../support/tls-files.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { Nginx } from '../../support/e2e/nginx.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { ServerClient } from '../../support/e2e/server-client.ts';

/* Runs the proxies with the config files for one broker. */

const TIMEOUT_MS = 60_000;
/** More peers than two workers hold with the default worker_connections of 1024; each peer needs two connections. */
const PEERS = 1_100;
const TOKEN = 'canary-token';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function brokerWith(
  kind: typeof SIGNALBOX_UWS,
  options: Readonly<Record<string, string | number | boolean>>,
): Promise<Server> {
  const server = await Server.start({ kind, options: { log_level: 'error', ...options } });
  stops.push(() => server.stop());
  return server;
}

/** Sends a token by every kind of request, also after the broker has stopped. */
async function sendTokens(client: ServerClient, server: Server): Promise<void> {
  const peer = await client.connect({ token: TOKEN });
  await client.request(`peerjs/some-id/${TOKEN}/offer`, { method: 'POST' });
  await client.request(`peerjs/id?token=${TOKEN}`);
  peer.cut();
  await server.stop();
  expect(await client.handshakeStatus({ token: TOKEN })).not.toBe(101);
}

describe('deploy/nginx', () => {
  it('logs no token of a WebSocket or of PeerJS 0.3, also after the broker has stopped', async () => {
    const server = await brokerWith(SIGNALBOX_NODE, { proxied: 1, legacy_xhr: true });
    const nginx = await Nginx.inFrontOf([server, server, server]);
    stops.push(() => nginx.stop());
    await sendTokens(nginx, server);
    const logged = await until(TIMEOUT_MS, 'the last request', () => (/" 50\d /.test(nginx.log) ? nginx.log : undefined));
    expect(logged).toContain('"POST /peerjs/-/-/offer"');
    // All output has arrived when the process has ended.
    await nginx.stop();
    expect(logged + nginx.errors).not.toContain(TOKEN);
  });

  it('accepts more peers than the default worker_connections allows', async () => {
    const server = await brokerWith(SIGNALBOX_UWS, { proxied: 1 });
    const nginx = await Nginx.inFrontOf([server, server, server]);
    stops.push(() => nginx.stop());
    for (let n = 0; n < PEERS; n += 50) await Promise.all(Array.from({ length: 50 }, () => nginx.connect()));
    expect((await nginx.request('healthz')).status).toBe(200);
  });
});

describe('examples', () => {
  interface Proxy {
    readonly file: string;
    /** The file for the test: on a loopback port, in front of the broker, with its log in a folder. */
    readonly adapted: (text: string, at: { port: number; broker: number; folder: string }) => string;
    readonly command: (folder: string) => string[];
    readonly secure: boolean;
  }

  const PROXIES: readonly Proxy[] = [
    {
      file: 'nginx.conf',
      secure: true,
      adapted: (text, { port, broker, folder }) => {
        const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
          (name) => `${name}_temp_path ${folder}/${name};`,
        );
        const site = text
          .replace('listen 8443 ssl', `listen ${LOOPBACK}:${port} ssl`)
          .replace('/etc/nginx/signal.example.org.crt', TLS_FILES.certFile)
          .replace('/etc/nginx/signal.example.org.key', TLS_FILES.keyFile)
          .replace('127.0.0.1:9000', `${LOOPBACK}:${broker}`)
          .replace('/var/log/nginx/signalbox.log', `${folder}/access.log`);
        return `daemon off; pid ${folder}/pid; error_log stderr; events {}\nhttp {\n${scratch.join('\n')}\naccess_log off;\n${site}}`;
      },
      command: (folder) => ['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr'],
    },
    {
      file: 'Caddyfile',
      secure: false,
      adapted: (text, { port, broker }) =>
        text
          .replace(':8443 {', `http://:${port} {\n\tbind ${LOOPBACK}`)
          .replace('127.0.0.1:9000', `${LOOPBACK}:${broker}`)
          .replace('{\n\t# Ids', '{\n\tadmin off\n\tauto_https off\n\t# Ids'),
      command: (folder) => ['caddy', 'run', '--config', join(folder, 'Caddyfile'), '--adapter', 'caddyfile'],
    },
  ];

  it.each(PROXIES)('$file forwards peers and logs no token', async ({ file, adapted, command, secure }) => {
    const server = await brokerWith(SIGNALBOX_NODE, { proxied: 1, legacy_xhr: true, path: '/signal' });
    const folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    const port = await freePort();
    const text = readFileSync(join(ROOT, 'examples', file), 'utf8');
    writeFileSync(join(folder, file), adapted(text, { port, broker: server.port, folder }));
    const proxy = new Child(command(folder), { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder });
    stops.push(async () => {
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    });
    const client = new ServerClient({ host: LOOPBACK, port, secure, path: '/signal/', key: 'peerjs' }, TIMEOUT_MS);
    await until(TIMEOUT_MS, `${file} to be served`, async () => (await client.request('')).status === 200 || undefined);
    await sendTokens(client, server);
    const logged = (): string => (file === 'nginx.conf' ? readFileSync(join(folder, 'access.log'), 'utf8') : proxy.stderr);
    const log = await until(TIMEOUT_MS, 'the failure to be logged', () =>
      /" 502 |"status":502|dial tcp/.test(logged()) ? logged() : undefined,
    );
    if (file === 'nginx.conf') expect(log).toMatch(/"POST \/signal\/peerjs\/-\/-\/offer"[^]*"GET \/signal\/peerjs\/id"/);
    // All output has arrived when the process has ended.
    await proxy.stop();
    expect(log + proxy.stdout + proxy.stderr).not.toContain(TOKEN);
  });
});
