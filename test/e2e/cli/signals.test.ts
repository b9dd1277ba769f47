import { X509Certificate } from 'node:crypto';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { until, within } from '../../support/e2e/until.ts';

const PATIENCE_MS = 20_000;
const TLS = 'test/support/tls';
const RENEWED = new X509Certificate(readFileSync(`${TLS}/renewed.crt`)).fingerprint256;

/** A folder with a certificate that can be replaced. */
function certificate(): { options: ServerOptions; renew: () => void; spoil: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'signals-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const put = (key: string, crt: string): void => {
    copyFileSync(`${TLS}/${key}.key`, join(folder, 'key.pem'));
    copyFileSync(`${TLS}/${crt}.crt`, join(folder, 'cert.pem'));
  };
  put('localhost', 'localhost');
  const options = { sslkey: join(folder, 'key.pem'), sslcert: join(folder, 'cert.pem') };
  return { options, renew: () => put('renewed', 'renewed'), spoil: () => put('stranger', 'localhost') };
}

/** The fingerprint of the certificate that a new connection is shown. */
function shown({ host, port }: Server): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('what $name does at a signal', (kind) => {
  const starts = async (options: ServerOptions = {}): Promise<Server> => {
    const server = await Server.start({ kind, options: { log_format: 'json', ...options } });
    onTestFinished(async () => {
      server.closeAll();
      await server.stop();
    });
    return server;
  };
  const says = (server: Server, words: string): Promise<true> =>
    until(PATIENCE_MS, `the log to say ${words}`, () => (server.output.includes(words) ? true : undefined));

  it('H12: SIGHUP reloads the certificate, and drops no peer', async () => {
    const { options, renew } = certificate();
    const server = await starts(options);
    const ann = await server.connectPeer('ann');
    renew();
    server.signal('SIGHUP');
    await says(server, 'certificate-reloaded');
    expect(await shown(server)).toBe(RENEWED);
    expect(ann.isOpen).toBe(true);
  });

  it('H12: a replaced certificate is loaded without a signal, too', async () => {
    const { options, renew } = certificate();
    const server = await starts(options);
    renew();
    await until(PATIENCE_MS, 'the renewed certificate', async () => ((await shown(server)) === RENEWED ? true : undefined));
  });

  it('H12: SIGHUP with files that do not belong together keeps the old certificate, and says why', async () => {
    const { options, spoil } = certificate();
    const server = await starts(options);
    const before = await shown(server);
    spoil();
    server.signal('SIGHUP');
    await says(server, 'certificate-refused');
    expect([await shown(server), server.isRunning]).toEqual([before, true]);
  });

  it.each(['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s without anything to reload is told, and ends nothing',
    async (signal) => {
      const server = await starts();
      const ann = await server.connectPeer('ann');
      server.signal(signal);
      await says(server, `"signal":"${signal}"`);
      expect([server.isRunning, ann.isOpen]).toEqual([true, true]);
    },
  );

  it('SIGQUIT drains like SIGTERM', async () => {
    const server = await starts();
    const ann = await server.connectPeer('ann');
    server.signal('SIGQUIT');
    expect((await ann.closed()).code).toBe(1012);
    expect(await within(PATIENCE_MS, 'the end', server.exited)).toEqual({ code: 0, signal: null });
  });
});
