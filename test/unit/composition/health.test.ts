import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { argumentsOf, health } from '../../../src/composition/health.ts';
import { TLS_FILES } from '../../support/tls-files.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that responds 200 to `/healthz` and 503 to all other paths. @returns its port. */
async function listening(made: Server, host: string): Promise<number> {
  server = made.on('request', (request, response) => {
    response.statusCode = request.url === '/healthz' ? 200 : 503;
    response.end('draining\n');
  });
  await new Promise<void>((resolve) => made.listen(0, host, resolve));
  return (made.address() as AddressInfo).port;
}

async function asked(...args: string[]): Promise<{ code: number; printed: string }> {
  let printed = '';
  const output = { write: (text: string) => (printed += text) };
  return { code: await health(args, { stdout: output, stderr: output }), printed };
}

describe('signalbox health', () => {
  it('checks the broker with the same options', async () => {
    const port = String(await listening(createServer(), '127.0.0.1'));
    expect(await asked('--port', port)).toEqual({ code: 0, printed: '' });
    expect(await asked('-p', port, '--host', '127.0.0.1', '--path', '/a')).toEqual({ code: 0, printed: '' });
    expect(await asked('--port', port, '--ready')).toEqual({
      ...{ code: 1, printed: 'signalbox health: /readyz responded 503: draining\n' },
    });
  });

  it('accepts a TLS certificate for any name', async () => {
    const { keyFile, certFile } = TLS_FILES;
    const secure = createSecureServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
    const port = String(await listening(secure, '127.0.0.1'));
    expect(await asked('--port', port, '--sslkey', keyFile, '--sslcert', certFile)).toEqual({ code: 0, printed: '' });
  });

  it('prints the reason when the broker is unhealthy', async () => {
    const port = String(await listening(createServer(), '127.0.0.1'));
    server?.close();
    const { code, printed } = await asked('--port', port);
    expect(code).toBe(1);
    expect(printed).toMatch(new RegExp(`^signalbox health: no response from http://127.0.0.1:${port}: .*ECONNREFUSED`));
  });

  it('rejects the options that the broker rejects', async () => {
    expect(await asked('--prot', '9000')).toEqual({
      ...{ code: 2, printed: 'signalbox health: --prot is not a flag; did you mean --port?\n' },
    });
    expect((await asked('--port', '0')).printed).toBe(
      'signalbox health: port is 0, so the actual port is unknown: give --port, or --admin\n',
    );
  });

  it('asks the admin listener if the system chooses the port', async () => {
    const port = await listening(createServer(), '127.0.0.1');
    expect(await asked('--port', '0', '--admin', `127.0.0.1:${port}`)).toEqual({ code: 0, printed: '' });
    const folder = mkdtempSync(join(tmpdir(), 'health-'));
    const path = join(folder, 'admin.sock');
    const other = createServer((_, response) => response.end());
    await new Promise<void>((resolve) => other.listen(path, resolve));
    expect(await asked('--port', '0', '--admin', `unix:${path}`)).toEqual({ code: 0, printed: '' });
    await new Promise((resolve) => other.close(resolve));
    expect((await asked('--port', '0', '--admin', `unix:${path}`)).printed).toContain(`no response from ${path}`);
    rmSync(folder, { recursive: true });
  });

  it('prints its usage', async () => {
    expect(await asked('--help')).toEqual({ code: 0, printed: expect.stringContaining('Usage: signalbox health') as string });
  });

  it('fails for a process that can not be read', async () => {
    expect((await asked('--process', '999999999')).code).toBe(1);
    expect((await asked('--process', 'one')).printed).toContain("process one can't be read: the id must be a number");
  });
});

describe('the arguments of a process', () => {
  it.each([
    ['node\0dist/composition/cli.js\0--port\x008000\0', ['--port', '8000']],
    ['node\0/opt/signalbox/dist/signalbox.js\0--port=8000\0', ['--port=8000']],
    ['node\0signalbox.mjs\0', []],
    ['/sbin/init\0--\0node\0/app/cli.js\0--host\0::1\0', ['--host', '::1']],
    ['node\0/usr/bin/signalbox\0', []],
    ['signalbox --port=8000 --key=a\0\0\0', ['--port=8000', '--key=a']],
  ])('%j', (line, expected) => expect(argumentsOf('1', () => line)).toEqual(expected));

  it('throws for another program', () => {
    expect(() => argumentsOf('1', () => 'nginx\0-g\0')).toThrow('the process does not run signalbox');
  });
});
