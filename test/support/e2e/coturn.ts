import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../../architecture/tree.ts';
import { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { LOOPBACK } from './server-kinds.ts';
import { allocate } from './stun-client.ts';
import { until } from './until.ts';

const TIMEOUT_MS = 60_000;
const UNKNOWN_USER = { username: '1:nobody', credential: 'none' };

/** coturn relays to its own address if it is a loopback address and there is a password for its command line. */
const LOOPBACK_RELAY = [`allowed-peer-ip=${LOOPBACK}`, 'allow-loopback-peers', 'cli-password=unused'];

/** coturn with the configuration of docs/ice-servers.md, on loopback. */
export class Coturn {
  readonly port: number;
  readonly #child: Child;
  readonly #folder: string;

  private constructor(port: number, child: Child, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /**
   * @param options relaysToLoopback: whether two relayed clients can reach each other. lines: more lines of the configuration.
   * @throws Error if `turnserver` is not installed.
   */
  static async start(
    secrets: readonly string[],
    { relaysToLoopback = false, lines = [] as readonly string[] } = {},
  ): Promise<Coturn> {
    const port = await freePort();
    const folder = mkdtempSync(join(tmpdir(), 'coturn-'));
    const file = join(folder, 'turnserver.conf');
    writeFileSync(file, [testConfig(port, folder, secrets), ...(relaysToLoopback ? LOOPBACK_RELAY : []), ...lines].join('\n'));
    const child = new Child(['turnserver', '-c', file]);
    const coturn = new Coturn(port, child, folder);
    const answers = lines.includes('no-udp')
      ? () => acceptsTcp(port)
      : async (): Promise<true | undefined> => (await allocate(port, UNKNOWN_USER)) === 401 || undefined;
    await until(TIMEOUT_MS, 'coturn to answer', answers).catch(async (cause: unknown) => {
      await coturn.stop();
      throw new Error(`coturn does not start: ${child.stdout}${child.stderr}`, { cause });
    });
    return coturn;
  }

  async stop(): Promise<void> {
    await this.#child.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function acceptsTcp(port: number): Promise<true> {
  const socket = connect(port, LOOPBACK);
  try {
    await once(socket, 'connect');
    return true;
  } finally {
    socket.destroy();
  }
}

/** The documented configuration, changed for loopback and for a process without root. */
function testConfig(port: number, folder: string, secrets: readonly string[]): string {
  const [, documented = ''] = /```conf\n([^]*?)```/.exec(readFileSync(join(ROOT, 'docs/ice-servers.md'), 'utf8')) ?? [];
  const local = [`listening-ip=${LOOPBACK}`, `relay-ip=${LOOPBACK}`, 'no-tls', 'no-dtls', 'log-file=stdout', 'simple-log'];
  const files = [`pidfile=${join(folder, 'pid')}`, `userdb=${join(folder, 'users')}`];
  return [
    ...documented
      .split('\n')
      .filter((line) => !/^(tls-listening-port|static-auth-secret|listening-port|allowed-peer-ip)=/.test(line)),
    `listening-port=${port}`,
    ...secrets.map((secret) => `static-auth-secret=${secret}`),
    ...local,
    ...files,
  ].join('\n');
}
