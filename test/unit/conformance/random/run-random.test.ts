import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../../conformance/arguments.ts';
import { runRandom, type RandomOptions } from '../../../../conformance/random/run-random.ts';
import { startFaultyServer } from './start-faulty-server.ts';

/* The violations that random runs find are tested in test/e2e/conformance/random.test.ts. */

function terminal(isTerminal = false) {
  const written = { stdout: '', stderr: '' };
  const io = {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
    isTerminal,
  };
  return { io, written };
}

async function run(options: Partial<RandomOptions>, wanted: Parameters<typeof startFaultyServer>[0] = {}) {
  const { io, written } = terminal();
  const { server } = (await startFaultyServer(wanted)).context;
  return { ...(await runRandom({ server, runs: 5, seed: 3, expectations: 'signalbox', ...options }, io)), written };
}

/** The runs talk to a server over sockets. */
const TIMEOUT_MS = 60_000;

describe('random runs', { timeout: TIMEOUT_MS }, () => {
  it('without a violation are one case with the verdict ok', async () => {
    const { outcome, runs, steps, finding, cases, report, written } = await run({});
    expect({ outcome, runs, finding }).toEqual({ outcome: 'passed', runs: 5, finding: undefined });
    expect(cases).toMatchObject([{ id: 'RANDOM.3', verdict: 'ok' }]);
    expect(report).toBe(`5 random runs, ${steps} steps, seed 3: no rule was violated.\n`);
    expect(written).toEqual({ stdout: report, stderr: '' });
  });

  it('are deterministic for a seed', async () => {
    const [one, other, third] = await Promise.all([run({}), run({}), run({ seed: 4 })]);
    expect(one.steps).toBe(other.steps);
    expect(one.steps).not.toBe(third.steps);
    expect((await run({ seed: undefined, runs: 1, maxSteps: 2 })).seed).toBeGreaterThanOrEqual(0);
  });

  it('end at the first violation with a replay command', async () => {
    const { outcome, finding, cases, report } = await run({}, { fault: 'relays a forged src' });
    expect(outcome).toBe('violated');
    expect(cases).toMatchObject([{ rule: 'M1', verdict: 'dangerous' }]);
    const [, replay = ''] = /--replay '(.*)'/.exec(report) ?? [];
    const again = await run({ replay }, { fault: 'relays a forged src' });
    expect(again).toMatchObject({
      outcome: 'violated',
      seed: undefined,
      finding: { descriptions: finding?.descriptions, stepsBefore: finding?.descriptions.length },
    });
    expect((await run({ replay })).report).toBe(`replay of ${finding?.descriptions.length} steps: no rule was violated.\n`);
  });

  it('use the selected expectations', async () => {
    const replay = '[{"do":"connect","realm":0,"id":"ann","token":"one"},{"do":"reconnect","realm":0,"who":"ann"}]';
    const fault = 'keeps the old socket open';
    expect((await run({ replay, expectations: undefined }, { fault })).outcome).toBe('passed');
    expect((await run({ replay }, { fault, patience: 1_000 })).finding?.rule).toBe('O5');
  });

  it('use the given limits and tolerance', async () => {
    const flood =
      '[{"do":"connect","realm":0,"id":"ann","token":"one"},{"do":"flood","realm":0,"who":"ann","to":"ann","count":90}]';
    const limits = { messageBurst: 10, messagesPerSecond: 10 };
    const { finding } = await run({ replay: flood, limits, tolerance: { jitter: 0 } }, { patience: 1_000 });
    expect(finding?.rule).toBe('M19');
  });

  it('require a reachable server and valid steps', async () => {
    const { context, server } = await startFaultyServer();
    server.stop();
    const { io, written } = terminal();
    expect(await runRandom({ server: context.server }, io)).toMatchObject({
      outcome: 'unreachable',
      runs: 0,
      cases: [{ verdict: 'not testable' }],
    });
    expect(written.stdout).toMatch(/^The server is unreachable: O3: .*ECONNREFUSED/);
    await expect(runRandom({ server: context.server, replay: '[]' }, io)).rejects.toThrow(UsageError);
    const none = runRandom({ server: context.server, runs: 0 }, io);
    await expect(none).rejects.toThrow('--random must be from 1 to 10000, not 0');
  });

  it('show their progress on a terminal', async () => {
    const { io, written } = terminal(true);
    await runRandom({ server: (await startFaultyServer()).context.server, runs: 2, seed: 1, maxSteps: 5 }, io);
    expect(written.stderr).toContain('random run 2 of 2');
    expect(written.stderr.endsWith('\r\u001b[K')).toBe(true);
  });
});
