import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { run } from '../../support/e2e/run.ts';
import { PEER_CLI } from '../../support/e2e/server-kinds.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

describe('signalbox', () => {
  for (const flag of ['--help', '-h']) {
    it(`${flag} lists every flag of peer and exits with code 0`, async () => {
      const help = execFileSync(process.execPath, [PEER_CLI, '--help'], { cwd: ROOT, encoding: 'utf8' });
      const flags = help.match(/--\w+/g) ?? expect.fail('peer lists no flags');
      const { code, stdout, stderr } = await run([flag]);
      expect([code, stderr]).toEqual([0, '']);
      for (const known of flags) expect(stdout).toContain(known);
    });
  }

  it('--version prints the version of the package', async () => {
    const { code, stdout, stderr } = await run(['--version']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(version);
  });

  it('--check accepts valid options, and rejects an option or a certificate', async () => {
    expect(await run(['--check', '--port', '1234'])).toMatchObject({
      code: 0,
      stdout: 'The configuration is valid.\n',
      stderr: '',
    });
    expect(await run(['--check', '--port', 'abc'])).toMatchObject({ code: 2, stdout: '' });
    const { code, stderr } = await run(['--check', '--sslkey', 'not-there.pem', '--sslcert', 'not-there.pem']);
    expect(code).toBe(2);
    expect(stderr).toContain('not-there.pem');
  });

  it('--print_config prints the options in effect as a config file', async () => {
    const flags = ['--port', '1234', '--key', 'a', '--key', 'b', '--allow_discovery'];
    const { code, stdout, stderr } = await run(['--print-config', ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ port: 1234, key: ['a', 'b'], allow_discovery: true, expire_timeout: 5000 });
  });
});

/** Invalid arguments, and the texts that the error message must contain. */
const INVALID: Readonly<Record<string, { flags: readonly string[]; names: readonly (string | RegExp)[] }>> = {
  'a port that is not a number': { flags: ['--port', 'abc'], names: ['--port', 'abc'] },
  'a port above 65535': { flags: ['--port', '70000'], names: ['--port', '70000', '65535'] },
  'a missing port': { flags: ['--port'], names: ['--port'] },
  'a negative time': { flags: ['--expire_timeout', '-1'], names: ['--expire_timeout', '-1'] },
  'an unknown transport': { flags: ['--transport', 'quic'], names: ['--transport', 'quic', 'uws', 'node'] },
  'an unknown flag': { flags: ['--allow_discovry'], names: ['--allow_discovry', '--allow_discovery'] },
  'an unexpected argument': { flags: ['9000'], names: ['9000'] },
  'an empty key': { flags: ['--key', ''], names: ['--key'] },
  'a private key without a certificate': { flags: ['--sslkey', 'key.pem'], names: ['--sslkey', 'sslcert'] },
  'a certificate without a private key': { flags: ['--sslcert', 'cert.pem'], names: ['--sslcert', 'sslkey'] },
  'a missing config file': { flags: ['--config', 'not-there.json'], names: ['not-there.json'] },
  'a buffer smaller than a message': { flags: ['--send_buffer_bytes', '2000'], names: ['--send_buffer_bytes', '2000'] },
};

describe('invalid arguments', () => {
  for (const [what, { flags, names }] of Object.entries(INVALID)) {
    it(`${what}: prints the error and a pointer to --help, and exits with code 2`, async () => {
      const { code, stdout, stderr } = await run(flags);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const [message, pointer, ...more] = stderr.trimEnd().split('\n');
      for (const name of names) expect(message).toMatch(name);
      expect([pointer, more]).toEqual(['signalbox: see signalbox --help', []]);
    });
  }

  it('list all errors at once', async () => {
    const { code, stderr } = await run(['--port', 'abc', '--transport', 'quic']);
    expect(code).toBe(2);
    expect(stderr).toContain('--port');
    expect(stderr).toContain('--transport');
  });

  it('name the environment variable of an invalid value', async () => {
    const { code, stderr } = await run([], { PEERJS_PORT: 'abc' });
    expect(code).toBe(2);
    expect(stderr).toContain('PEERJS_PORT');
  });
});
