import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';

const TIMEOUT_MS = 20_000;
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

  it.each(['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)('%s with nothing to reload is logged and ignored', async (signal) => {
    const server = await startServer();
    const ann = await server.connectPeer('ann');
    server.signal(signal);
    await untilLogged(server, `"signal":"${signal}"`);
    expect([server.isRunning, ann.isOpen]).toEqual([true, true]);
  });

  it('SIGQUIT drains like SIGTERM', async () => {
    const server = await startServer();
    const ann = await server.connectPeer('ann');
    server.signal('SIGQUIT');
    expect((await ann.closed()).code).toBe(1012);
    expect(await within(TIMEOUT_MS, 'the exit', server.exited)).toEqual({ code: 0, signal: null });
  });
});
