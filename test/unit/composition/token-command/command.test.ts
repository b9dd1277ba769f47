import { afterEach, describe, expect, it, vi } from 'vitest';
import { token } from '../../../../src/composition/token-command/command.ts';
import { SECRET } from '../../../support/tokens.ts';

const KEY = SECRET.replaceAll(',', '');

async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const written = { stdout: '', stderr: '' };
  const to = (stream: 'stdout' | 'stderr') => ({ write: (text: string) => void (written[stream] += text) });
  const code = await token(args, { stdout: to('stdout'), stderr: to('stderr') });
  return { code, ...written };
}

afterEach(() => vi.unstubAllEnvs());

describe('signalbox token', () => {
  it('prints only the token, which check accepts', async () => {
    const { code, stdout, stderr } = await run('--key', KEY, '--id', 'ann', '--realm', 'peerjs', '--ttl', '1h');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    const checked = await run('check', stdout.trim(), '--key', KEY);
    expect([checked.code, checked.stdout]).toEqual([0, expect.stringMatching(/signalbox\.id +ann[^]*\nvalid {2}/)]);
  });

  it('exits with 1 for a token that is not valid', async () => {
    const { stdout } = await run('--key', KEY);
    expect(await run('check', stdout.trim(), '--key', `${KEY}!`)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/\nrefused {2}/),
    });
  });

  it('takes the first key of the environment', async () => {
    vi.stubEnv('SIGNALBOX_AUTH_KEY', `${KEY},another key of the tests that is long enough`);
    const { stdout } = await run();
    expect(await run('check', stdout.trim(), '--key', KEY)).toMatchObject({ code: 0 });
  });

  it.each([[], ['check'], ['--what'], ['--key', 'canary'], ['check', 'a', '--key', 'canary']])(
    'exits with 2 and one line for %j',
    async (...args) => {
      vi.stubEnv('SIGNALBOX_AUTH_KEY', '');
      const { code, stdout, stderr } = await run(...args);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringMatching(/^signalbox token: [^\n]+\n$/)]);
      expect(stderr).not.toContain('canary');
    },
  );

  it.each([['--help'], ['check', '-h']])('prints the help for %j', async (...args) => {
    expect(await run(...args)).toMatchObject({ code: 0, stdout: expect.stringContaining('Examples') });
  });
});
