import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { run } from '../../support/e2e/run.ts';
import { PEER_CLI } from '../../support/e2e/server-kinds.ts';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

describe('what signalbox says of itself', () => {
  for (const flag of ['--help', '-h']) {
    it(`${flag} tells every flag of peer, and ends well`, async () => {
      const usage = execFileSync(process.execPath, [PEER_CLI, '--help'], { cwd: ROOT, encoding: 'utf8' });
      const flags = usage.match(/--\w+/g) ?? expect.fail('peer tells no flags');
      const { code, stdout, stderr } = await run([flag]);
      expect([code, stderr]).toEqual([0, '']);
      for (const known of flags) expect(stdout).toContain(known);
    });
  }

  it('--version is that of the package', async () => {
    const { code, stdout, stderr } = await run(['--version']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain(version);
  });

  it('--print_config prints what is in effect, as a file that it reads again', async () => {
    const flags = ['--port', '1234', '--key', 'a', '--key', 'b', '--allow_discovery'];
    const { code, stdout, stderr } = await run(['--print-config', ...flags]);
    expect([code, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toMatchObject({ port: 1234, key: ['a', 'b'], allow_discovery: true, expire_timeout: 5000 });
  });
});

/** What can't be used, and what the complaint must name. */
const MISTAKES: Readonly<Record<string, { flags: readonly string[]; names: readonly (string | RegExp)[] }>> = {
  'a port that is no number': { flags: ['--port', 'abc'], names: ['--port', 'abc'] },
  'a port that does not exist': { flags: ['--port', '70000'], names: ['--port', '70000', '65535'] },
  'a port that is missing': { flags: ['--port'], names: ['--port'] },
  'a time below zero': { flags: ['--expire_timeout', '-1'], names: ['--expire_timeout', '-1'] },
  'an unknown transport': { flags: ['--transport', 'quic'], names: ['--transport', 'quic', 'uws', 'node'] },
  'an unknown flag': { flags: ['--allow_discovry'], names: ['--allow_discovry', '--allow_discovery'] },
  'a word that belongs to no flag': { flags: ['9000'], names: ['9000'] },
  'an empty key': { flags: ['--key', ''], names: ['--key'] },
  'a private key without a certificate': { flags: ['--sslkey', 'key.pem'], names: ['--sslkey', 'sslcert'] },
  'a certificate without a private key': { flags: ['--sslcert', 'cert.pem'], names: ['--sslcert', 'sslkey'] },
  'a file with options that is not there': { flags: ['--config', 'not-there.json'], names: ['not-there.json'] },
  'a buffer smaller than what must go in': { flags: ['--send_buffer_bytes', '2000'], names: ['--send_buffer_bytes', '2000'] },
};

describe('what can not be used', () => {
  for (const [what, { flags, names }] of Object.entries(MISTAKES)) {
    it(`${what}: one line that names it, one that points to the usage, and exit code 2`, async () => {
      const { code, stdout, stderr } = await run(flags);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const [complaint, pointer, ...more] = stderr.trimEnd().split('\n');
      for (const name of names) expect(complaint).toMatch(name);
      expect([pointer, more]).toEqual(['signalbox: see signalbox --help', []]);
    });
  }

  it('two mistakes are told in one go', async () => {
    const { code, stderr } = await run(['--port', 'abc', '--transport', 'quic']);
    expect(code).toBe(2);
    expect(stderr).toContain('--port');
    expect(stderr).toContain('--transport');
  });

  it('what the environment says wrong is told by its name', async () => {
    const { code, stderr } = await run([], { PEERJS_PORT: 'abc' });
    expect(code).toBe(2);
    expect(stderr).toContain('PEERJS_PORT');
  });
});
