import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { LOOPBACK } from './server-kinds.ts';
import { until } from './until.ts';
import { ServerClient } from './server-client.ts';

const FOLDER = 'deploy/nginx';
const LOG = 'access.log';
const TIMEOUT_MS = 45_000;

/** nginx with the configuration of deploy/nginx, on loopback, in front of the brokers of a test. */
export class Nginx extends ServerClient {
  readonly #child: Child;
  readonly #folder: string;

  private constructor(port: number, child: Child, folder: string) {
    super({ host: LOOPBACK, port, secure: false, path: '/', key: 'peerjs' }, TIMEOUT_MS);
    this.#child = child;
    this.#folder = folder;
  }

  /** @param brokers in the order of `brokers.conf`. @throws Error if `nginx` is not installed. */
  static async inFrontOf(brokers: readonly { readonly host: string; readonly port: number }[]): Promise<Nginx> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'nginx-'));
    const upstreams = brokers.reduce(
      (text, broker, place) => text.replaceAll(`broker-${place + 1}:9000`, `${broker.host}:${broker.port}`),
      readConfig('brokers'),
    );
    writeFileSync(join(folder, 'brokers.conf'), upstreams);
    const site = readConfig('signalbox').replace('listen 8080;', `listen ${LOOPBACK}:${port};`);
    writeFileSync(join(folder, 'signalbox.conf'), site.replace('/dev/stdout', join(folder, LOG)));
    writeFileSync(join(folder, 'nginx.conf'), testConfig(folder));
    const child = new Child(['nginx', '-p', folder, '-c', 'nginx.conf', '-e', 'stderr']);
    const nginx = new Nginx(port, child, folder);
    const answers = async (): Promise<true | undefined> => (await nginx.request('healthz')).status === 200 || undefined;
    await until(TIMEOUT_MS, 'nginx to answer', answers).catch((cause: unknown) => {
      throw new Error(`nginx does not start: ${child.stderr}`, { cause });
    });
    return nginx;
  }

  /** The access log. */
  get log(): string {
    return readFileSync(join(this.#folder, LOG), 'utf8');
  }

  /** The error log. */
  get errors(): string {
    return this.#child.stderr;
  }

  async stop(): Promise<void> {
    this.closeAll();
    await this.#child.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function readConfig(name: string): string {
  return readFileSync(join(ROOT, FOLDER, `${name}.conf`), 'utf8');
}

/** deploy/nginx/nginx.conf, changed for a folder of the test and a process without root. */
function testConfig(folder: string): string {
  const scratch = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `  ${name}_temp_path ${folder}/${name};`);
  const head = ['daemon off;', `pid ${folder}/nginx.pid;`, 'error_log stderr;'];
  const site = readConfig('nginx')
    .replace('worker_processes auto;', 'worker_processes 2;')
    .replace('http {', ['http {', ...scratch].join('\n'))
    .replace('include /etc/nginx/conf.d/*.conf;', `include ${folder}/brokers.conf;\n  include ${folder}/signalbox.conf;`);
  return [...head, site].join('\n');
}
