import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { PeeroServer } from '../../../src/composition/peero-server.ts';

const TLS = fileURLToPath(new URL('../../support/tls', import.meta.url));

describe('PeeroServer', () => {
  it('accepts the options of Peero and all others', () => {
    expect(() => new PeeroServer({ port: '80' })).not.toThrow();
    expect(() => new PeeroServer({ port: 'x' })).toThrow("port is 'x'");
  });

  it.each(['auto', 'node'] as const)('runs, returns its port, serves at /, and closes, on %s', async (transport) => {
    const server = new PeeroServer({ port: 0, host: '127.0.0.1', transport });
    await expect(server.close()).resolves.toBeUndefined();
    let told = 0;
    const port = await server.run((given) => {
      told = given;
    });
    expect([port, told > 0]).toEqual([told, true]);
    await expect(server.run()).rejects.toThrow('a server runs once');
    const hello = await new Promise<string>((resolve, reject) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      socket.once('error', reject);
      socket.once('message', (bytes: Buffer) => resolve(bytes.toString()));
    });
    expect(JSON.parse(hello)).toMatchObject({ type: 'hello' });
    let isClosed = false;
    await server.close(() => {
      isClosed = true;
    });
    expect(isClosed).toBe(true);
  });

  it('H12: reloads its certificate on request', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'certificates-'));
    const files = { sslkey: join(folder, 'key.pem'), sslcert: join(folder, 'cert.pem') };
    const put = (name: string): void => {
      copyFileSync(join(TLS, `${name}.key`), files.sslkey);
      copyFileSync(join(TLS, `${name}.crt`), files.sslcert);
    };
    put('localhost');
    const server = new PeeroServer({ port: 0, host: '127.0.0.1', transport: 'node', ...files });
    await expect(server.reloadCertificate()).resolves.toBeUndefined();
    const port = await server.run();
    put('renewed');
    await server.reloadCertificate();
    const shown = await new Promise<string | undefined>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerX509Certificate()?.toString());
        socket.destroy();
      });
      socket.once('error', reject);
    });
    expect(shown).toBe(readFileSync(join(TLS, 'renewed.crt'), 'utf8'));
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('serves only Peero', () => {
    expect(() => new PeeroServer({ dialects: 'relay' })).toThrow(/^dialects is 'relay'; PeeroServer can't use it/);
    expect(() => new PeeroServer({ all: true })).toThrow(/^all is true; PeeroServer can't use it/);
    expect(() => new PeeroServer(9000 as never)).toThrow('the options of PeeroServer are 9000');
  });

  it('works without a listener for errors', async () => {
    const server = new PeeroServer({ port: 0, host: '127.0.0.1', transport: 'node' });
    server.on('connection', () => {
      throw new Error('bug in the program');
    });
    const port = await server.run();
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    await new Promise((resolve) => socket.once('message', resolve));
    socket.terminate();
    await server.close();
  });
});
