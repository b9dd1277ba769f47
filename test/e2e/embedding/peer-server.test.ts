import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Child } from '../../support/e2e/child.ts';
import { freePort } from '../../support/e2e/free-port.ts';
import { LOOPBACK } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { openWebSocket, RawConnection } from '../../../src/contracts/transports/network-client.ts';
import { RENEWED_TLS_FILES, TLS_FILES, TRUSTED } from '../../support/tls-files.ts';

/* The functions of `peer` in a process of their own, with the log at stdout. */

const TIMEOUT_MS = 60_000;
/** Enough for Node to load its modules. */
const OPEN_FILES = 300;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface LogLine {
  readonly event?: string;
  readonly status?: number;
  readonly limit?: string;
}

class Program {
  readonly port: number;
  readonly #child: Child;

  private constructor(port: number, child: Child) {
    this.port = port;
    this.#child = child;
  }

  /** @param body uses `library`, `port` and `options`. */
  static async start(body: string, options: Readonly<Record<string, unknown>> = {}): Promise<Program> {
    const port = await freePort();
    const given = { host: LOOPBACK, port, log_level: 'info', log_format: 'json', ...options };
    const text = [
      "import * as library from './dist/composition/library.js';",
      "import { createServer } from 'node:http';",
      `const options = ${JSON.stringify(given)};`,
      body,
    ].join('\n');
    const node = [process.execPath, '--input-type=module', '-e', text];
    const child = new Child(['sh', '-c', `ulimit -n ${OPEN_FILES}; exec "$@"`, 'sh', ...node]);
    cleanups.push(() => child.stop());
    const program = new Program(port, child);
    await program.logged(({ event }) => event === 'in-effect');
    return program;
  }

  /** Waits for a line of the log. */
  logged(isWanted: (line: LogLine) => boolean): Promise<LogLine> {
    const ended = this.#child.exited.then(({ code }) => {
      throw new Error(`the program ended with ${code}: ${this.#child.stderr}`);
    });
    return Promise.race([until(TIMEOUT_MS, 'a line of the log', () => this.lines.find(isWanted)), ended]);
  }

  get lines(): LogLine[] {
    const complete = this.#child.stdout.split('\n').slice(0, -1);
    return complete.map((line) => JSON.parse(line) as LogLine);
  }

  openRaw(secure = false): Promise<RawConnection> {
    return RawConnection.open({ host: LOOPBACK, port: this.port, secure, trusted: TRUSTED });
  }
}

const EMBEDDED = `
  const { host, port, ...others } = options;
  const server = createServer();
  server.on('request', library.ExpressPeerServer(server, others));
  server.listen(port, host);`;
const OWN = 'library.PeerServer(options);';
const HUGE = `GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`;

describe.each([
  ['ExpressPeerServer', EMBEDDED, undefined],
  ['PeerServer', OWN, 'max_header_bytes'],
])('%s', (_, body, limit) => {
  it('H11: logs the requests that the parser of Node rejects', async () => {
    const program = await Program.start(body);
    (await program.openRaw()).send('hello\r\n\r\n');
    await program.logged(({ event, status }) => event === 'request-refused' && status === 400);
    (await program.openRaw()).send(HUGE);
    const line = await program.logged(({ event, status }) => event === 'request-refused' && status === 431);
    expect(line.limit).toBe(limit);
  });

  it('logs that connections are closed because no file handle is free', async () => {
    const program = await Program.start(body);
    const sockets: Socket[] = [];
    cleanups.push(() => sockets.forEach((socket) => socket.destroy()));
    for (let n = 0; n < OPEN_FILES; n++) sockets.push(connect(program.port, LOOPBACK).on('error', () => undefined));
    const line = await program.logged(({ event }) => event === 'connections-dropped');
    expect(line).toMatchObject({ openFiles: OPEN_FILES });
    for (const socket of sockets) socket.destroy();
    const { received } = await until(TIMEOUT_MS, 'an answer', async () => {
      const client = await program.openRaw();
      client.send('GET /peerjs/id HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
      await until(TIMEOUT_MS, 'the end', () => client.isClosed || undefined);
      return client.received === '' ? undefined : client;
    });
    expect(received).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('PeerServer with sslkey and sslcert', () => {
  type Files = typeof TLS_FILES;

  async function secureProgram(): Promise<{ program: Program; files: Files; replace: (by: Files) => void }> {
    const folder = mkdtempSync(join(tmpdir(), 'peer-server-'));
    cleanups.push(() => rmSync(folder, { recursive: true, force: true }));
    const files = { keyFile: join(folder, 'key.pem'), certFile: join(folder, 'cert.pem') };
    const replace = (by: Files): void => {
      copyFileSync(by.keyFile, files.keyFile);
      copyFileSync(by.certFile, files.certFile);
    };
    replace(TLS_FILES);
    const program = await Program.start(OWN, { sslkey: files.keyFile, sslcert: files.certFile });
    return { program, files, replace };
  }

  async function shownBy(program: Program): Promise<string | undefined> {
    const line = await program.openRaw(true);
    cleanups.push(() => line.cut());
    return line.certificate;
  }

  const textOf = ({ certFile }: Files): string => readFileSync(certFile, 'utf8');

  it('H12: reloads a renewed certificate; open sockets stay', async () => {
    const { program, replace } = await secureProgram();
    const ann = await openWebSocket(
      { host: LOOPBACK, port: program.port, secure: true, trusted: TRUSTED },
      '/peerjs?key=peerjs&id=ann&token=t',
    );
    cleanups.push(() => ann.close());
    expect(await shownBy(program)).toBe(textOf(TLS_FILES));
    replace(RENEWED_TLS_FILES);
    await program.logged(({ event }) => event === 'certificate-reloaded');
    expect(await shownBy(program)).toBe(textOf(RENEWED_TLS_FILES));
    ann.send('{"type":"OFFER","dst":"ann","payload":1}');
    await until(TIMEOUT_MS, 'the message', () => ann.received.find((text) => text.includes('OFFER')));
  });

  it('H12: keeps the certificate if the renewed files are unusable', async () => {
    const { program, files } = await secureProgram();
    writeFileSync(files.certFile, 'damaged');
    await program.logged(({ event }) => event === 'certificate-refused');
    expect(await shownBy(program)).toBe(textOf(TLS_FILES));
  });
});
