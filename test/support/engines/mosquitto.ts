import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../e2e/free-port.ts';
import { until } from '../e2e/until.ts';

const START_MS = 60_000;
/** Where Debian installs it. */
const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin`;

/** The MQTT broker of Debian, with a WebSocket listener on loopback. */
export class Mosquitto {
  readonly host = '127.0.0.1';
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(port: number, child: ChildProcess, folder: string) {
    this.port = port;
    this.#child = child;
    this.#folder = folder;
  }

  /** @throws Error if the program is not installed. */
  static async start(): Promise<Mosquitto> {
    const [port, other] = [await freePort(), await freePort()];
    const folder = mkdtempSync(join(tmpdir(), 'mosquitto-'));
    const file = join(folder, 'mosquitto.conf');
    // Version 2.0 ends without a listener for TCP.
    const lines = [
      'allow_anonymous true',
      'persistence false',
      `listener ${other} 127.0.0.1`,
      `listener ${port}`,
      'protocol websockets',
    ];
    writeFileSync(file, lines.join('\n'));
    const child = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: { ...process.env, PATH } });
    let fault: Error | undefined;
    child.once('error', (error) => (fault = error));
    await until(START_MS, 'mosquitto to listen', async () => {
      if (fault !== undefined || child.exitCode !== null) throw fault ?? new Error(`mosquitto ended with ${child.exitCode}`);
      return (await listens(port)) ? true : undefined;
    });
    return new Mosquitto(port, child, folder);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null) {
      this.#child.kill('SIGKILL');
      await once(this.#child, 'exit');
    }
    rmSync(this.#folder, { recursive: true });
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
