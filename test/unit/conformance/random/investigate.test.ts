import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../conformance/random/random-result.ts';
import { investigate, hasViolation, findUnreachable, type ViolatingRun } from '../../../../conformance/random/investigate.ts';
import { play } from '../../../../conformance/random/play.ts';
import type { RunContext } from '../../../../conformance/random/run-context.ts';
import type { Step } from '../../../../conformance/random/steps.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ENTER: Step = { do: 'connect', realm: 0, id: 'ann', token: 'one' };
const STUMBLE: Step = { do: 'malformed', realm: 0, who: 'ann', frame: 'no JSON at all', times: 1 };
const BEAT: Step = { do: 'heartbeat', realm: 0, who: 'ann' };
const LONG = [{ ...ENTER, id: 'eve' }, ENTER, BEAT, BEAT, STUMBLE, BEAT];

async function broken(steps: readonly Step[], stage: RunContext): Promise<ViolatingRun> {
  const played = await play(steps, stage);
  if (!hasViolation(played)) throw new Error('nothing is broken');
  return played;
}

async function find(
  first: ViolatingRun,
  stage: RunContext,
  means: Partial<Parameters<typeof investigate>[2]> = {},
): Promise<Finding> {
  return investigate([first], stage, { shrinkFor: 10_000, restart: undefined, ...means });
}

describe('a broken promise', () => {
  it('is shown by the fewest steps', async () => {
    const { stage } = await startFaultyServer({ fault: 'goes deaf after bad JSON', patience: 400 });
    const finding = await find(await broken(LONG, stage), stage);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: false, isRepeatable: true, stepsBefore: 5 });
    expect(finding.descriptions.join()).toMatch(
      /^(ann|eve) connects with token one,\1 sends what is no JSON object: half an object$/,
    );
    expect(finding.transcript.at(-1)).toMatchObject({ how: 'noted', what: 'is cut' });
  });

  it('is left as it is where there is no time', async () => {
    const { stage } = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const finding = await find(await broken(LONG, stage), stage, { shrinkFor: 0 });
    expect(finding.descriptions).toHaveLength(finding.stepsBefore);
  });

  it('that does not break again is told as it was', async () => {
    const faulty = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const { stage } = await startFaultyServer();
    const finding = await find(await broken(LONG, faulty.stage), stage);
    expect(finding).toMatchObject({ rule: 'M9', isRepeatable: false });
    expect(finding.descriptions).toHaveLength(3);
  });

  it('is dangerous where the server is gone', async () => {
    const { stage } = await startFaultyServer({ fault: 'dies of bad JSON' });
    const finding = await find(await broken(LONG, stage), stage);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: true, isRepeatable: undefined });
    expect(finding.message).toMatch(
      /^M10: line \d \(\w+\) was closed with 1006 for no reason; then the server takes no connection/,
    );
    expect(finding.descriptions).toHaveLength(5);
  });

  it('is shown by the fewest steps there too, where somebody starts the server again', async () => {
    const { stage } = await startFaultyServer({ fault: 'dies of bad JSON' });
    const restart = async () => (await startFaultyServer({ fault: 'dies of bad JSON' })).stage.server;
    const finding = await find(await broken(LONG, stage), stage, { restart });
    expect(finding).toMatchObject({ isDangerous: true, isRepeatable: true });
    expect(finding.descriptions).toHaveLength(2);
  });

  it('is blamed on who breaks it again, of those that were played at the same time', async () => {
    const { stage } = await startFaultyServer({ fault: 'dies of bad JSON' });
    const culprit = await broken(LONG, stage);
    const victim = { ...culprit, steps: [ENTER, BEAT], words: ['ann connects', 'ann beats'] };
    const restart = async () => (await startFaultyServer({ fault: 'dies of bad JSON' })).stage.server;
    const finding = await investigate([victim, culprit], stage, { shrinkFor: 10_000, restart });
    expect(finding).toMatchObject({ isRepeatable: true });
    expect(finding.steps.at(-1)).toMatchObject({ do: 'malformed' });
  });
});

it('a server is reached where a socket can be opened, however it keeps its promises', async () => {
  const { stage, server } = await startFaultyServer({ fault: 'sends no OPEN', patience: 100 });
  expect(await findUnreachable(stage)).toBeUndefined();
  server.stop();
  expect(await findUnreachable(stage)).toContain('ECONNREFUSED');
});
