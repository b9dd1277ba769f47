import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { runDoctor, type DoctorRun } from '../../support/e2e/doctor.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

/* Each mistake of HAProxy is planted, and the doctor gives exactly its verdict. */

const TIMEOUT_MS = 60_000;
const TLS = join(ROOT, 'test/support/tls');
/** The broker of this file gives no ICE servers. */
const NO_ICE = 'D10 doubtful ice-none';
const IDLE = { flags: ['--idle', '8'], faults: ['D8 bad idle-cut-early', NO_ICE] };

/** A frontend with its backend, and the faults that the doctor reports. */
interface Plant {
  readonly mistake: string;
  readonly frontend?: readonly string[];
  readonly backend?: readonly string[];
  /** Options of the broker as a server of the backend. */
  readonly server?: string;
  readonly port?: number;
  readonly path?: string;
  readonly flags?: readonly string[];
  readonly isTls?: boolean;
  readonly faults: readonly string[];
}

const PLANTS: readonly Plant[] = [
  { mistake: 'no mistake', faults: [NO_ICE] },
  { mistake: 'timeout tunnel 3s', backend: ['timeout tunnel 3s'], ...IDLE },
  { mistake: 'timeout client 3s and no timeout tunnel', frontend: ['timeout client 3s'], ...IDLE },
  { mistake: 'timeout server 3s and no timeout tunnel', backend: ['timeout server 3s'], ...IDLE },
  {
    mistake: 'no Upgrade header',
    backend: ['http-request del-header upgrade', 'http-request del-header connection'],
    faults: ['D5 bad upgrade-stripped', NO_ICE],
  },
  {
    mistake: 'a prefix in HAProxy only, and a client without it',
    frontend: ['http-request return status 404 unless { path_beg /myapp/ }', 'http-request replace-path /myapp(/.*) \\1'],
    faults: ['D2 bad wrong-path'],
  },
  {
    mistake: 'a prefix that HAProxy does not remove',
    frontend: ['http-request return status 404 unless { path_beg /app/ }'],
    path: '/app/',
    faults: ['D2 bad path-unknown'],
  },
  {
    mistake: 'a second CORS header',
    backend: ['http-response add-header Access-Control-Allow-Origin *'],
    faults: ['D4 bad cors-doubled', NO_ICE],
  },
  { mistake: 'a login', frontend: ['http-request auth unless { http_auth(users) }'], faults: ['D2 bad login'] },
  { mistake: 'an access list', frontend: ['http-request deny'], faults: ['D2 bad forbidden'] },
  {
    mistake: 'a redirect',
    frontend: ['http-request redirect prefix https://elsewhere.example'],
    faults: ['D2 bad redirect'],
  },
  { mistake: 'a broker that is down', port: 1, faults: ['D2 bad gateway-error'] },
  {
    mistake: 'a health check with HTTP/1.0, for which the broker is down',
    backend: ['option httpchk'],
    server: 'check inter 100ms fall 1',
    faults: ['D2 bad gateway-error'],
  },
  { mistake: 'a self-signed certificate', isTls: true, faults: ['D1 bad certificate-self-signed', NO_ICE] },
];

const folder = mkdtempSync(join(tmpdir(), 'haproxy-'));
const ports: number[] = [];
let server: Server;
let haproxy: Child;

beforeAll(async () => {
  server = await Server.start({ kind: SIGNALBOX_UWS, options: { log_level: 'error', proxied: 1 } });
  // A free port can be offered twice.
  const free = new Set<number>();
  while (free.size < PLANTS.length) free.add(await freePort());
  ports.push(...free);
  const pair = ['crt', 'key'].map((kind) => readFileSync(join(TLS, `localhost.${kind}`), 'utf8'));
  writeFileSync(join(folder, 'pair.pem'), pair.join('\n'));
  writeFileSync(join(folder, 'haproxy.cfg'), haproxyConfig());
  haproxy = new Child(['haproxy', '-db', '-f', join(folder, 'haproxy.cfg')]);
  await until(TIMEOUT_MS, 'HAProxy to answer', async () => (await statusOf(0)) === 200 || undefined).catch((cause: unknown) => {
    throw new Error(`HAProxy does not start: ${haproxy.stderr}`, { cause });
  });
  const checked = PLANTS.findIndex(({ server: options }) => options !== undefined);
  await until(TIMEOUT_MS, 'the health check to fail', async () => (await statusOf(checked)) === 503 || undefined);
}, 240_000);

afterAll(async () => {
  await haproxy.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function statusOf(plant: number): Promise<number> {
  const place = { host: LOOPBACK, port: ports[plant] ?? 0, secure: false, timeoutMs: TIMEOUT_MS };
  return (await sendRequest(place, '/healthz')).status;
}

function haproxyConfig(): string {
  const sections = PLANTS.map(({ frontend = [], backend = [], server: options = '', port = server.port, isTls }, place) => {
    const tls = isTls === true ? `ssl crt ${folder}/pair.pem` : '';
    return [
      `frontend in-${place}\n bind ${LOOPBACK}:${ports[place]} ${tls}\n default_backend out-${place}`,
      ...frontend,
      `backend out-${place}\n server one ${LOOPBACK}:${port} ${options}`,
      ...backend,
    ].join('\n ');
  });
  const timeouts = ['connect', 'client', 'server'].map((name) => ` timeout ${name} 60s`).join('\n');
  return `userlist users\n user ann insecure-password secret
defaults\n mode http\n option forwardfor\n${timeouts}\n${sections.join('\n')}\n`;
}

function diagnose(plant: number): Promise<DoctorRun> {
  const { path = '/', flags = [], isTls = false } = PLANTS[plant] ?? {};
  const url = `${isTls ? 'https' : 'http'}://${LOOPBACK}:${ports[plant]}${path}`;
  return runDoctor(url, ['--origin', 'https://page.example', ...flags]);
}

describe('signalbox doctor behind HAProxy', () => {
  it.concurrent.each(PLANTS.map((plant, place) => ({ ...plant, place })))('$mistake: $faults', async ({ place, faults }) => {
    const run = await diagnose(place);
    expect(run.faults).toEqual(faults);
    const idle = run.findings.find(({ verdict }) => verdict === 'idle-cut-early');
    if (idle !== undefined) expect(idle.remedy).toContain('timeout tunnel of HAProxy');
  });
});
