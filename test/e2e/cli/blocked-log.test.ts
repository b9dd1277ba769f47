import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort } from '../../support/e2e/free-port.ts';
import { sendRequest, RawConnection, type Endpoint } from '../../support/e2e/http.ts';
import { LOOPBACK, SIGNALBOX_CLI } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';

const TIMEOUT_MS = 60_000;
const FULL_DISK = '/dev/full';

/** A full pipe without a reader. */
function fullPipe(): number {
  const folder = mkdtempSync(join(tmpdir(), 'blocked-log-'));
  const path = join(folder, 'pipe');
  execFileSync('mkfifo', [path]);
  const both = openSync(path, constants.O_RDWR | constants.O_NONBLOCK);
  fill(both);
  const writing = openSync(path, constants.O_WRONLY);
  onTestFinished(() => {
    for (const descriptor of [both, writing]) closeSync(descriptor);
    rmSync(folder, { recursive: true });
  });
  return writing;
}

function fill(descriptor: number): void {
  try {
    for (;;) writeSync(descriptor, 'x');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
}

function fullDisk(): number {
  const descriptor = openSync(FULL_DISK, 'w');
  onTestFinished(() => closeSync(descriptor));
  return descriptor;
}

/** A broker whose output streams can't be written. */
class BrokerProcess {
  readonly #child: ChildProcess;
  readonly #endpoint: Endpoint;

  constructor(child: ChildProcess, port: number) {
    this.#child = child;
    this.#endpoint = { host: LOOPBACK, port, secure: false, timeoutMs: 1_000 };
  }

  static async start(
    streams: { readonly out: number | 'ignore'; readonly err: number | 'ignore' },
    format: string,
  ): Promise<BrokerProcess> {
    const port = await freePort();
    const args = [SIGNALBOX_CLI, '--host', LOOPBACK, '--port', String(port), '--log_format', format, '--log_level', 'trace'];
    const child = spawn(process.execPath, args, { stdio: ['ignore', streams.out, streams.err] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const started = new BrokerProcess(child, port);
    await until(TIMEOUT_MS, 'the broker to respond', () => started.isServing());
    return started;
  }

  async isServing(): Promise<true | undefined> {
    return (await sendRequest(this.#endpoint, '/healthz')).status === 200 ? true : undefined;
  }

  connect(): RawConnection {
    const connection = new RawConnection(this.#endpoint);
    onTestFinished(() => connection.cut());
    return connection;
  }

  async exitAfter(...signals: readonly NodeJS.Signals[]): Promise<unknown> {
    const exit = once(this.#child, 'exit');
    for (const signal of signals) this.#child.kill(signal);
    return (await within(TIMEOUT_MS, 'the exit', exit)) as unknown;
  }
}

describe('a log that can not be written', () => {
  for (const format of ['json', 'pretty']) {
    it.each([
      ['standard output is a full pipe', () => ({ out: fullPipe(), err: 'ignore' as const })],
      ['both are full pipes', () => ({ out: fullPipe(), err: fullPipe() })],
      ['the disk is full', () => ({ out: fullDisk(), err: fullDisk() })],
    ])(`blocks neither requests nor the shutdown if %s (${format})`, async (_, streams) => {
      const broker = await BrokerProcess.start(streams(), format);
      expect(await broker.isServing()).toBe(true);
      expect(await broker.exitAfter('SIGTERM')).toEqual([0, null]);
    });
  }

  it('does not block the exit after a second signal', async () => {
    const broker = await BrokerProcess.start({ out: fullPipe(), err: fullPipe() }, 'json');
    const connection = broker.connect().send(HANDSHAKE);
    await connection.receive(/OPEN/);
    expect(await broker.exitAfter('SIGTERM', 'SIGQUIT')).not.toEqual([0, null]);
  });
});

/** The handshake of a peer that does not respond to its close frame. */
const HANDSHAKE = [
  'GET /peerjs?key=peerjs&id=ann&token=t HTTP/1.1',
  ...['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'],
  ...['sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', ''],
].join('\r\n');
