import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { argumentsOf, health } from '../../../src/composition/health.ts';
import { TLS_FILES } from '../../support/network-client.ts';

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
});

/** A server that answers `/healthz` with 200 and all else with 503. @returns its port. */
async function listening(made: Server, host: string): Promise<number> {
  server = made.on('request', (request, response) => {
    response.statusCode = request.url === '/healthz' ? 200 : 503;
    response.end('draining\n');
  });
  await new Promise<void>((resolve) => made.listen(0, host, resolve));
  return (made.address() as AddressInfo).port;
}

async function asked(...args: string[]): Promise<{ code: number; said: string }> {
  let said = '';
  const output = { write: (text: string) => (said += text) };
  return { code: await health(args, { stdout: output, stderr: output }), said };
}

describe('signalbox health', () => {
  it('asks the broker of the same options', async () => {
    const port = String(await listening(createServer(), '127.0.0.1'));
    expect(await asked('--port', port)).toEqual({ code: 0, said: '' });
    expect(await asked('-p', port, '--host', '127.0.0.1', '--path', '/a')).toEqual({ code: 0, said: '' });
    expect(await asked('--port', port, '--ready')).toEqual({
      ...{ code: 1, said: 'signalbox health: /readyz answers 503: draining\n' },
    });
  });

  it('over TLS, whatever name the certificate is for', async () => {
    const { keyFile, certFile } = TLS_FILES;
    const secure = createSecureServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) });
    const port = String(await listening(secure, '127.0.0.1'));
    expect(await asked('--port', port, '--sslkey', keyFile, '--sslcert', certFile)).toEqual({ code: 0, said: '' });
  });

  it('says why it is not well', async () => {
    const port = String(await listening(createServer(), '127.0.0.1'));
    server?.close();
    const { code, said } = await asked('--port', port);
    expect(code).toBe(1);
    expect(said).toMatch(new RegExp(`^signalbox health: no answer from http://127.0.0.1:${port}: .*ECONNREFUSED`));
  });

  it('refuses what the broker would refuse', async () => {
    expect(await asked('--prot', '9000')).toEqual({
      ...{ code: 2, said: 'signalbox health: --prot is no flag; did you mean --port?\n' },
    });
    expect((await asked('--port', '0')).said).toBe('signalbox health: the port is 0, so it is not known here: give --port\n');
  });

  it('tells its usage', async () => {
    expect(await asked('--help')).toEqual({ code: 0, said: expect.stringContaining('Usage: signalbox health') as string });
  });

  it('of a process that can not be read', async () => {
    expect((await asked('--process', '999999999')).code).toBe(1);
    expect((await asked('--process', 'one')).said).toContain("process one can't be read: it is no number");
  });
});

describe('the arguments of a process', () => {
  it.each([
    ['node\0dist/composition/cli.js\0--port\x008000\0', ['--port', '8000']],
    ['/sbin/init\0--\0node\0/app/cli.js\0--host\0::1\0', ['--host', '::1']],
    ['node\0/usr/bin/signalbox\0', []],
    ['signalbox --port=8000 --key=a\0\0\0', ['--port=8000', '--key=a']],
  ])('%j', (line, expected) => expect(argumentsOf('1', () => line)).toEqual(expected));

  it('of another program are none', () => {
    expect(() => argumentsOf('1', () => 'nginx\0-g\0')).toThrow('it does not run signalbox');
  });
});
