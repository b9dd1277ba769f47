import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from '../../support/e2e/child.ts';
import { isGood, runDoctor } from '../../support/e2e/doctor.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { LOOPBACK, PEER, SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';

/* Each mistake of a proxy is planted, and the doctor gives exactly its verdict. */

const TIMEOUT_MS = 60_000;
const TLS = join(ROOT, 'test/support/tls');
const ORIGIN = ['--origin', 'https://page.example'];
/** Every broker of this file gives no ICE servers. */
const NO_ICE = 'D10 doubtful ice-none';

const UPGRADE =
  'proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;';
const FORWARDED = 'proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;';
const PASSES = `${UPGRADE} ${FORWARDED}`;

/** A `server` of nginx, and the faults that the doctor reports. */
interface Plant {
  readonly mistake: string;
  /** The directives after `listen`. */
  readonly site: string;
  /** Path of the tested URL. */
  readonly path?: string;
  readonly flags?: readonly string[];
  readonly faults: readonly string[];
  /** A certificate of test/support/tls. */
  readonly certificate?: string;
  readonly knowsAuthority?: boolean;
}

const at = (upstream: string, ...directives: string[]): string =>
  `location / { proxy_pass http://${upstream}; ${directives.join(' ')} }`;

const PLANTS: readonly Plant[] = [
  { mistake: 'no mistake', site: at('uws', PASSES), faults: [NO_ICE] },
  { mistake: 'HTTP/1.0 to uWebSockets.js', site: at('uws', 'proxy_http_version 1.0;', FORWARDED), faults: ['D2 bad http-1.0'] },
  {
    mistake: 'HTTP/1.0 to node',
    site: at('node', 'proxy_http_version 1.0;', FORWARDED),
    faults: ['D5 bad upgrade-stripped', NO_ICE],
  },
  {
    mistake: 'no Upgrade header',
    site: at('uws', 'proxy_http_version 1.1;', FORWARDED),
    faults: ['D5 bad upgrade-stripped', NO_ICE],
  },
  {
    mistake: 'buffered events',
    site: at('uws', PASSES, 'proxy_ignore_headers X-Accel-Buffering; gzip on; gzip_proxied any; gzip_types text/event-stream;'),
    faults: ['D9 doubtful stream-buffered', NO_ICE],
  },
  {
    mistake: 'an idle limit of 3 s',
    site: at('uws', PASSES, 'proxy_read_timeout 3s;'),
    flags: ['--idle', '8'],
    faults: ['D8 bad idle-cut-early', NO_ICE],
  },
  {
    mistake: 'a prefix in the proxy only, and a client without it',
    site: `location /myapp/ { proxy_pass http://uws/; ${PASSES} } location / { return 404; }`,
    faults: ['D2 bad wrong-path'],
  },
  {
    mistake: 'a prefix that the proxy does not remove',
    site: `location /app/ { proxy_pass http://uws; ${PASSES} } location / { return 404; }`,
    path: '/app/',
    faults: ['D2 bad path-unknown'],
  },
  {
    mistake: 'a path that is one segment too long',
    site: `location /app/ { proxy_pass http://uws/; ${PASSES} } location / { return 404; }`,
    path: '/app/peerjs/',
    faults: ['D2 bad wrong-path'],
  },
  {
    mistake: 'a second CORS header',
    site: at('uws', PASSES, 'add_header Access-Control-Allow-Origin * always;'),
    faults: ['D4 bad cors-doubled', NO_ICE],
  },
  {
    mistake: 'CORS headers that the proxy removes',
    site: at('uws', PASSES, 'proxy_hide_header Access-Control-Allow-Origin;'),
    faults: ['D4 bad cors-missing', NO_ICE],
  },
  { mistake: 'a login', site: `auth_basic login; auth_basic_user_file users; ${at('uws', PASSES)}`, faults: ['D2 bad login'] },
  { mistake: 'a redirect', site: 'return 301 https://elsewhere.example$request_uri;', faults: ['D2 bad redirect'] },
  { mistake: 'a broker that is down', site: at('down', PASSES), faults: ['D2 bad gateway-error'] },
  { mistake: 'another web server', site: 'location / { return 200 welcome; }', faults: ['D2 bad not-broker'] },
  {
    mistake: 'no X-Forwarded-For',
    site: at('uws', UPGRADE, 'proxy_set_header X-Forwarded-For "";'),
    faults: ['D3 doubtful proxy-hides-address', NO_ICE],
  },
  {
    mistake: 'X-Forwarded-For as the client sent it',
    site: at('uws', UPGRADE, 'proxy_set_header X-Forwarded-For $http_x_forwarded_for;'),
    faults: ['D3 bad proxy-trusted-too-far', NO_ICE],
  },
  {
    mistake: 'a broker that trusts no proxy',
    site: at('direct', UPGRADE, 'proxy_set_header X-Forwarded-For 198.51.100.7;'),
    faults: ['D3 doubtful proxy-not-trusted', NO_ICE],
  },
  {
    mistake: 'an origin that is not listed',
    site: at('listed', PASSES),
    faults: ['D4 bad cors-not-listed', 'D5 bad origin-refused', NO_ICE],
  },
  {
    mistake: 'a self-signed certificate',
    site: at('uws', PASSES),
    certificate: 'localhost',
    faults: ['D1 bad certificate-self-signed', NO_ICE],
  },
  {
    mistake: 'an expired certificate',
    site: at('uws', PASSES),
    certificate: 'expired',
    faults: ['D1 bad certificate-expired', NO_ICE],
  },
  {
    mistake: 'a certificate of another name',
    site: at('uws', PASSES),
    certificate: 'wrong-name',
    faults: ['D1 bad certificate-wrong-name', NO_ICE],
  },
  {
    mistake: 'an authority that this client does not know, as with a missing intermediate certificate',
    site: at('uws', PASSES),
    certificate: 'wrong-name',
    knowsAuthority: false,
    faults: ['D1 bad certificate-untrusted', NO_ICE],
  },
  {
    mistake: 'X-Forwarded-Proto of the last hop',
    site: at('uws', PASSES, 'proxy_set_header X-Forwarded-Proto http;'),
    certificate: 'localhost',
    faults: ['D1 bad certificate-self-signed', 'D3 doubtful https-lost', NO_ICE],
  },
];

const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
const stops: (() => Promise<unknown>)[] = [];
const ports: number[] = [];
let servers: Record<'uws' | 'node' | 'direct' | 'listed', Server>;

beforeAll(async () => {
  const options = { log_level: 'error', proxied: 1 };
  const start = (kind: typeof PEER, more = {}): Promise<Server> => Server.start({ kind, options: { ...options, ...more } });
  const [uws, node, direct, listed] = await Promise.all([
    start(SIGNALBOX_UWS),
    start(SIGNALBOX_NODE),
    start(SIGNALBOX_UWS, { proxied: false }),
    start(SIGNALBOX_UWS, { cors: 'https://other.example' }),
  ]);
  servers = { uws, node, direct, listed };
  stops.push(...Object.values(servers).map((server) => () => server.stop()));
  // A free port can be offered twice.
  const free = new Set<number>();
  while (free.size < PLANTS.length) free.add(await freePort());
  ports.push(...free);
  writeFileSync(join(folder, 'users'), '');
  writeFileSync(join(folder, 'nginx.conf'), nginxConfig());
  const nginx = new Child(['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']);
  stops.push(() => nginx.stop());
  const place = { host: LOOPBACK, port: ports[0] ?? 0, secure: false, timeoutMs: TIMEOUT_MS };
  await until(
    TIMEOUT_MS,
    'nginx to answer',
    async () => (await sendRequest(place, '/healthz')).status === 200 || undefined,
  ).catch((cause: unknown) => {
    throw new Error(`nginx does not start: ${nginx.stderr}`, { cause });
  });
}, 240_000);

afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
  rmSync(folder, { recursive: true, force: true });
});

function nginxConfig(): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`);
  const upstreams = Object.entries({ ...servers, down: { port: 1 } }).map(
    ([name, { port }]) => `upstream ${name} { server ${LOOPBACK}:${port}; }`,
  );
  const sites = PLANTS.map(({ site, certificate }, place) => {
    const files = `ssl_certificate ${TLS}/${certificate}.crt; ssl_certificate_key ${TLS}/localhost.key;`;
    return `server { listen ${LOOPBACK}:${ports[place]} ${certificate === undefined ? '' : 'ssl'};
      ${certificate === undefined ? '' : files} ${site} }`;
  });
  return `daemon off; pid ${folder}/pid; error_log stderr; events {}
    http { ${scratch.join(' ')} access_log off;
      map $http_upgrade $connection_upgrade { default upgrade; '' close; }
      ${upstreams.join('\n')} ${sites.join('\n')} }`;
}

describe('signalbox doctor behind nginx', () => {
  it.concurrent.each(PLANTS.map((plant, place) => ({ ...plant, place })))(
    '$mistake: $faults',
    async ({ place, path = '/', flags = [], faults, certificate, knowsAuthority = true }) => {
      const scheme = certificate === undefined ? 'http' : 'https';
      const environment: Record<string, string> = knowsAuthority ? { NODE_EXTRA_CA_CERTS: join(TLS, 'authority.crt') } : {};
      const run = await runDoctor(`${scheme}://${LOOPBACK}:${ports[place]}${path}`, [...ORIGIN, ...flags], environment);
      expect(run.faults).toEqual(faults);
      expect(run.code).toBe(faults.some((fault) => fault.includes(' bad ')) ? 2 : 0);
    },
  );

  it('doubtful findings are an error with --strict', async () => {
    expect((await runDoctor(`http://${LOOPBACK}:${ports[0]}/`, ['--strict'])).code).toBe(1);
  });

  it('names the directive of the idle limit by the Server header, and the path that it found', async () => {
    const idle = PLANTS.findIndex(({ faults }) => faults.includes('D8 bad idle-cut-early'));
    const { findings } = await runDoctor(`http://${LOOPBACK}:${ports[idle]}/`, ['--idle', '8']);
    expect(findings.find(({ step }) => step === 'D8')?.remedy).toContain('proxy_read_timeout and proxy_send_timeout of nginx');
    const wrong = PLANTS.findIndex(({ faults }) => faults.includes('D2 bad wrong-path'));
    const second = await runDoctor(`http://${LOOPBACK}:${ports[wrong]}/`);
    expect(second.findings.find(({ step }) => step === 'D2')?.remedy).toContain('/myapp/');
  });

  it('plain HTTP on a TLS port, and TLS on a plain port', async () => {
    const tls = PLANTS.findIndex(({ certificate }) => certificate !== undefined);
    expect((await runDoctor(`https://${LOOPBACK}:${ports[0]}/`)).faults).toEqual(['D1 bad http-on-tls-port']);
    expect((await runDoctor(`http://${LOOPBACK}:${ports[tls]}/`)).faults).toEqual(['D2 bad tls-on-http-port']);
  });
});

describe('signalbox doctor without a proxy', () => {
  it('a name without an address', async () => {
    expect((await runDoctor('http://no-such-host.invalid/')).faults).toEqual(['D1 bad name-unknown']);
  });

  it('a port that nothing listens on', async () => {
    expect((await runDoctor(`http://${LOOPBACK}:${await freePort()}/`)).faults).toEqual(['D1 bad connection-refused']);
  });

  it('clocks that differ', async () => {
    const shift = 'const now = Date.now; Date.now = () => now() - 3_600_000;';
    const environment = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(shift)}` };
    const { faults, findings } = await runDoctor(`http://${LOOPBACK}:${servers.direct.port}/`, [], environment);
    expect(faults).toEqual(['D6 doubtful clock-differs', NO_ICE]);
    const [, seconds] = /differ by (\d+) s/.exec(findings.find(({ verdict }) => verdict === 'clock-differs')?.is ?? '') ?? [];
    // A busy machine delays the answer with the time of the broker.
    expect(Math.abs(Number(seconds) - 3_600)).toBeLessThan(60);
  });

  it('an unknown key', async () => {
    const { faults } = await runDoctor(`http://${LOOPBACK}:${servers.direct.port}/`, ['--key', 'other']);
    expect(faults).toEqual(['D5 bad key-refused', NO_ICE]);
  });

  it('a broker that needs a token, without one and with an expired one', async () => {
    const options = { auth: 'required', auth_key: 'a secret of at least 32 bytes for tests' };
    const server = await Server.start({ kind: SIGNALBOX_UWS, options });
    const payload = Buffer.from(JSON.stringify({ sub: 'ann', exp: 1_000_000_000 })).toString('base64url');
    const header = Buffer.from('{"alg":"HS256"}').toString('base64url');
    const url = `http://${LOOPBACK}:${server.port}/`;
    expect((await runDoctor(url)).faults).toEqual(['D5 bad token-refused', NO_ICE]);
    const expired = await runDoctor(url, ['--token', `${header}.${payload}.c2ln`]);
    expect(expired.faults).toEqual(['D5 bad token-refused', 'D6 bad token-expired', NO_ICE]);
    await server.stop();
  });

  it('a message limit below the size of large offers', async () => {
    const server = await Server.start({ kind: SIGNALBOX_NODE, options: { max_message_bytes: 20_000 } });
    const { faults } = await runDoctor(`http://${LOOPBACK}:${server.port}/`);
    expect(faults).toEqual(['D7 doubtful size-limit', NO_ICE]);
    await server.stop();
  });

  it('a Signalbox whose doctor is off, and another PeerJS server: only the steps that need it are skipped', async () => {
    const off = await Server.start({ kind: SIGNALBOX_UWS, options: { doctor: 'off' } });
    const peer = await Server.start({ kind: PEER });
    for (const { server, verdict } of [
      { server: off, verdict: 'doctor-off' },
      { server: peer, verdict: 'other-server' },
    ]) {
      const { code, faults, findings } = await runDoctor(`http://${LOOPBACK}:${server.port}/`, ORIGIN);
      expect([code, faults, findings.some((one) => one.verdict === verdict)]).toEqual([0, [NO_ICE], true]);
      expect(findings.filter(isGood).map(({ step }) => step)).toEqual(['D1', 'D4', 'D5', 'D6', 'D7', 'D13']);
      await server.stop();
    }
  });
});
