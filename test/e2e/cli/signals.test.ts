import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { hmacToken } from '../../support/tokens.ts';

const TIMEOUT_MS = 60_000;
const TLS = 'test/support/tls';
const RENEWED = new X509Certificate(readFileSync(`${TLS}/renewed.crt`)).fingerprint256;

/** A folder with a certificate that can be replaced. */
function certificate(): { options: ServerOptions; renew: () => void; corrupt: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'signals-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const put = (key: string, crt: string): void => {
    copyFileSync(`${TLS}/${key}.key`, join(folder, 'key.pem'));
    copyFileSync(`${TLS}/${crt}.crt`, join(folder, 'cert.pem'));
  };
  put('localhost', 'localhost');
  const options = { sslkey: join(folder, 'key.pem'), sslcert: join(folder, 'cert.pem') };
  return { options, renew: () => put('renewed', 'renewed'), corrupt: () => put('stranger', 'localhost') };
}

/** A config file that can be replaced. */
function settingsFile(settings: ServerOptions): { path: string; write: (settings: ServerOptions) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'signals-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, 'settings.json');
  const write = (changed: ServerOptions): void => writeFileSync(path, JSON.stringify(changed));
  write(settings);
  return { path, write };
}

function statusOfSocket(server: Server): Promise<number> {
  return server.handshakeStatus({ id: uniqueName('bob') });
}

/** H18: whether a token would be accepted now. */
async function isAccepted(server: Server, secret: string): Promise<boolean> {
  const token = hmacToken({ aud: 'signalbox', exp: Math.floor(Date.now() / 1000) + 60 }, { secret });
  const { body } = await server.request(`peerjs/check?id=${uniqueName('ann')}&token=${token}`);
  return (JSON.parse(body) as { allowed: boolean }).allowed;
}

/** The members of the latest line of an event, when it is complete. */
function lineOf(server: Server, event: string): Promise<unknown> {
  return until(TIMEOUT_MS, `a line of ${event}`, () => {
    const lines = server.output.split('\n').filter((one) => one.endsWith('}'));
    return JSON.parse(lines.findLast((one) => one.includes(`"event":"${event}"`)) ?? 'null') ?? undefined;
  });
}

/** The fingerprint of the certificate of a new connection. */
function fingerprintOf({ host, port }: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('signals of $name', (kind) => {
  const startServer = async (options: ServerOptions = {}): Promise<Server> => {
    const server = await Server.start({ kind, options: { log_format: 'json', ...options } });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    return server;
  };
  const untilLogged = (server: Server, words: string): Promise<true> =>
    until(TIMEOUT_MS, `the log to contain ${words}`, () => (server.output.includes(words) ? true : undefined));

  it('H12: SIGHUP reloads the certificate and keeps all connections', async () => {
    const { options, renew } = certificate();
    const server = await startServer(options);
    const ann = await server.connectPeer('ann');
    renew();
    server.signal('SIGHUP');
    await untilLogged(server, 'certificate-reloaded');
    expect(await fingerprintOf(server)).toBe(RENEWED);
    expect(ann.isOpen).toBe(true);
  });

  it('H12: a replaced certificate is reloaded without a signal', async () => {
    const { options, renew } = certificate();
    const server = await startServer(options);
    renew();
    await until(TIMEOUT_MS, 'the renewed certificate', async () =>
      (await fingerprintOf(server)) === RENEWED ? true : undefined,
    );
  });

  it('H12: SIGHUP with a key of another certificate keeps the old certificate and logs the reason', async () => {
    const { options, corrupt } = certificate();
    const server = await startServer(options);
    const before = await fingerprintOf(server);
    corrupt();
    server.signal('SIGHUP');
    await untilLogged(server, 'certificate-refused');
    expect([await fingerprintOf(server), server.isRunning]).toEqual([before, true]);
  });

  it('SIGHUP reloads limits and the level of the log, names what needs a restart, and keeps all connections', async () => {
    const file = settingsFile({ log_level: 'info', max_connections_per_address: 1, alive_timeout: 60_000 });
    const server = await startServer({ config: file.path });
    const ann = await server.connectPeer('ann');
    expect(await statusOfSocket(server)).toBe(429);
    file.write({ log_level: 'debug', max_connections_per_address: 3, alive_timeout: 90_000 });
    server.signal('SIGHUP');
    expect(await lineOf(server, 'configuration-reloaded')).toMatchObject({
      changed: ['max_connections_per_address', 'log_level'],
      needsRestart: ['alive_timeout'],
    });
    expect(await statusOfSocket(server)).toBe(101);
    await untilLogged(server, '"level":"debug"');
    expect(ann.isOpen).toBe(true);
  });

  it('A2: SIGHUP reloads the keys of tokens from their file', async () => {
    const keys = ['first', 'second'].map((name) => `${name}-key-of-at-least-32-characters-for-tests`);
    const file = settingsFile({});
    writeFileSync(`${file.path}.key`, keys[0] ?? '');
    const server = await startServer({ auth: 'required', auth_key_file: `${file.path}.key` });
    const statuses = () => Promise.all(keys.map((key) => isAccepted(server, key)));
    expect(await statuses()).toEqual([true, false]);
    writeFileSync(`${file.path}.key`, keys[1] ?? '');
    server.signal('SIGHUP');
    await untilLogged(server, 'configuration-reloaded');
    expect(await statuses()).toEqual([false, true]);
  });

  it('SIGHUP with an invalid file keeps the options and logs the reason', async () => {
    const file = settingsFile({ max_connections_per_address: 1 });
    const server = await startServer({ config: file.path });
    const ann = await server.connectPeer('ann');
    file.write({ max_connections_per_address: 'many' });
    server.signal('SIGHUP');
    await untilLogged(server, 'configuration-refused');
    expect([await statusOfSocket(server), server.isRunning, ann.isOpen]).toEqual([429, true, true]);
  });

  it.each(['SIGUSR1', 'SIGUSR2'] as const)('%s is logged and ignored, and opens no debugger', async (signal) => {
    const server = await startServer();
    const ann = await server.connectPeer('ann');
    server.signal(signal);
    await untilLogged(server, `"signal":"${signal}"`);
    expect([server.isRunning, ann.isOpen]).toEqual([true, true]);
    expect(server.output).not.toContain('Debugger listening');
  });

  it('SIGQUIT drains like SIGTERM', async () => {
    const server = await startServer();
    const ann = await server.connectPeer('ann');
    server.signal('SIGQUIT');
    expect((await ann.closed()).code).toBe(1012);
    expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
  });
});
