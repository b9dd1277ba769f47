import { afterEach, expect, it } from 'vitest';
import { Child } from '../../support/e2e/child.ts';
import { until } from '../../support/e2e/until.ts';

const TIMEOUT_MS = 60_000;

let soak: Child | undefined;
afterEach(() => soak?.stop());

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('npm run test:soak ends its broker and attackers on %s', async (signal, code) => {
  const child = (soak = new Child([process.execPath, 'test/soak/run.mjs', '--minutes', '1']));
  const processes = /processes: broker (\d+) on port \d+, attackers (\d+)/;
  const [, ...pids] = await until(TIMEOUT_MS, 'the attackers', () => processes.exec(child.stdout) ?? undefined);
  child.signal(signal);
  expect(await child.exited).toEqual({ code, signal: null });
  await until(TIMEOUT_MS, `the end of ${pids.join(' and ')}`, () => !pids.map(Number).some(isRunning) || undefined);
});
