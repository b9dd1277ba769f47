import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerKind } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

/* The proxy settings that docs/protocols/peerjs.md names for uWebSockets.js, in the proxies themselves. */

const PATIENCE_MS = 60_000;
const PAGE = readFileSync(join(ROOT, 'docs/protocols/peerjs.md'), 'utf8').replaceAll(/\s+/g, ' ');

/** A setting of the page. */
function setting(beginning: string): string {
  const [, text] = new RegExp(`\`(${beginning}[^\`]*)\``).exec(PAGE) ?? [];
  if (text === undefined) throw new Error(`the page has no setting ${beginning}`);
  return text;
}

let folder: string;
const stops: (() => Promise<unknown>)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'http-versions-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

async function brokerOn(kind: ServerKind): Promise<Server> {
  const server = await Server.start({ kind, options: { log_level: 'error', proxied: 1 } });
  stops.push(() => server.stop());
  return server;
}

/** Starts a proxy with its configuration file. */
function proxyOf(file: string, config: string, command: readonly string[]): Child {
  writeFileSync(join(folder, file), config);
  const child = new Child(command);
  stops.push(() => child.stop());
  return child;
}

/** @returns the status of a request through nginx. */
async function statusBehindNginx(broker: Server, { location = '', upstream = '' }): Promise<number> {
  const port = await freePort();
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const config = `daemon off; pid ${folder}/pid; error_log stderr; events {}
    http { ${scratch.join(' ')} access_log off;
      upstream broker { server ${LOOPBACK}:${broker.port}; ${upstream} }
      server { listen ${LOOPBACK}:${port}; location / { proxy_pass http://broker; ${location} } } }`;
  const nginx = proxyOf('nginx.conf', config, ['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']);
  const place = { host: LOOPBACK, port, secure: false, timeoutMs: PATIENCE_MS };
  return until(PATIENCE_MS, `nginx to answer: ${nginx.stderr}`, async () => (await sendRequest(place, '/healthz')).status);
}

/** @returns the status of the first health check of haproxy. */
async function statusOfHaproxyCheck(broker: Server, { check = '', defaults = '' }): Promise<number> {
  const lines = [
    ...['global', 'maxconn 100', 'log stderr format raw local0'],
    ...['defaults', 'mode http', 'log global', 'timeout connect 5s', 'timeout client 30s', 'timeout server 30s', defaults],
    ...['frontend all', `bind ${LOOPBACK}:${await freePort()}`, 'default_backend brokers'],
    ...['backend brokers', 'option httpchk', 'option log-health-checks', check],
    `server broker ${LOOPBACK}:${broker.port} check inter 200`,
  ];
  const file = 'haproxy.cfg';
  const haproxy = proxyOf(file, `${lines.join('\n')}\n`, ['haproxy', '-db', '-f', join(folder, file)]);
  const checked = /Health check for server brokers\/broker .* code: (\d+)/;
  const [, status] = await until(PATIENCE_MS, 'a health check', () => checked.exec(haproxy.stderr + haproxy.stdout) ?? undefined);
  return Number(status);
}

const HTTP_11 = setting('proxy_http_version');
const CHECK = setting('http-check');

describe('the proxy settings for uWebSockets.js', () => {
  it('without them, nginx and the health check of haproxy get 505 from uWebSockets.js', async () => {
    const broker = await brokerOn(SIGNALBOX_UWS);
    expect(await statusBehindNginx(broker, {})).toBe(505);
    expect(await statusOfHaproxyCheck(broker, {})).toBe(505);
  });

  it('with them, both get 200', async () => {
    const broker = await brokerOn(SIGNALBOX_UWS);
    const upstream = `keepalive 4; ${setting('keepalive_timeout')}`;
    expect(await statusBehindNginx(broker, { location: `${HTTP_11} proxy_set_header Connection "";`, upstream })).toBe(200);
    expect(await statusOfHaproxyCheck(broker, { check: CHECK, defaults: setting('timeout http-keep-alive') })).toBe(200);
  });

  it('without them, the node transport serves both; the check of haproxy is an OPTIONS request', async () => {
    const broker = await brokerOn(SIGNALBOX_NODE);
    expect(await statusBehindNginx(broker, {})).toBe(200);
    expect(await statusOfHaproxyCheck(broker, {})).toBe(204);
  });
});
