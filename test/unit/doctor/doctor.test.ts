import { expect, it } from 'vitest';
import { doctor } from '../../../doctor/doctor.ts';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await doctor(args, {
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
  });
  return { code, ...written };
}

it('prints its help', async () => expect(await run('--help')).toMatchObject({ code: 0, err: '' }));

it('exits with 3 for invalid arguments', async () => {
  const { code, out, err } = await run();
  expect([code, out]).toEqual([3, '']);
  expect(err).toMatch(/^signalbox doctor: a URL is required/);
});

it('exits with 2 for a closed port, and skips the other steps', async () => {
  const { code, out } = await run('http://127.0.0.1:1/', '--json');
  const { findings } = JSON.parse(out) as { findings: { verdict: string; state: string }[] };
  expect([code, findings[0]?.verdict, findings.slice(1).every(({ state }) => state === 'skipped')]).toEqual([
    2,
    'connection-refused',
    true,
  ]);
});
