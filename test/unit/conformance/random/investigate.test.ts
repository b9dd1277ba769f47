import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../conformance/random/random-result.ts';
import { investigate, isBroken, reach, type Broken } from '../../../../conformance/random/investigate.ts';
import { play } from '../../../../conformance/random/play.ts';
import type { Stage } from '../../../../conformance/random/stage.ts';
import type { Step } from '../../../../conformance/random/steps.ts';
import { playground } from './playground.ts';

const ENTER: Step = { do: 'connect', realm: 0, id: 'ann', token: 'one' };
const STUMBLE: Step = { do: 'stumble', realm: 0, who: 'ann', over: 'no JSON at all', times: 1 };
const BEAT: Step = { do: 'beat', realm: 0, who: 'ann' };
const LONG = [{ ...ENTER, id: 'eve' }, ENTER, BEAT, BEAT, STUMBLE, BEAT];

async function broken(steps: readonly Step[], stage: Stage): Promise<Broken> {
  const played = await play(steps, stage);
  if (!isBroken(played)) throw new Error('nothing is broken');
  return played;
}

async function find(first: Broken, stage: Stage, means: Partial<Parameters<typeof investigate>[2]> = {}): Promise<Finding> {
  return investigate([first], stage, { shrinkFor: 10_000, revive: undefined, ...means });
}

describe('a broken promise', () => {
  it('is shown by the fewest steps', async () => {
    const { stage } = await playground({ fault: 'goes deaf after bad JSON', patience: 400 });
    const finding = await find(await broken(LONG, stage), stage);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: false, isRepeatable: true, stepsBefore: 5 });
    expect(finding.words.join()).toMatch(/^(ann|eve) connects with token one,\1 sends what is no JSON object: half an object$/);
    expect(finding.transcript.at(-1)).toMatchObject({ how: 'noted', what: 'is cut' });
  });

  it('is left as it is where there is no time', async () => {
    const { stage } = await playground({ fault: 'answers HEARTBEAT' });
    const finding = await find(await broken(LONG, stage), stage, { shrinkFor: 0 });
    expect(finding.words).toHaveLength(finding.stepsBefore);
  });

  it('that does not break again is told as it was', async () => {
    const faulty = await playground({ fault: 'answers HEARTBEAT' });
    const { stage } = await playground();
    const finding = await find(await broken(LONG, faulty.stage), stage);
    expect(finding).toMatchObject({ rule: 'M9', isRepeatable: false });
    expect(finding.words).toHaveLength(3);
  });

  it('is dangerous where the server is gone', async () => {
    const { stage } = await playground({ fault: 'dies of bad JSON' });
    const finding = await find(await broken(LONG, stage), stage);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: true, isRepeatable: undefined });
    expect(finding.claim).toMatch(
      /^M10: line \d \(\w+\) was closed with 1006 for no reason; then the server takes no connection/,
    );
    expect(finding.words).toHaveLength(5);
  });

  it('is shown by the fewest steps there too, where somebody starts the server again', async () => {
    const { stage } = await playground({ fault: 'dies of bad JSON' });
    const revive = async () => (await playground({ fault: 'dies of bad JSON' })).stage.server;
    const finding = await find(await broken(LONG, stage), stage, { revive });
    expect(finding).toMatchObject({ isDangerous: true, isRepeatable: true });
    expect(finding.words).toHaveLength(2);
  });

  it('is blamed on who breaks it again, of those that were played at the same time', async () => {
    const { stage } = await playground({ fault: 'dies of bad JSON' });
    const culprit = await broken(LONG, stage);
    const victim = { ...culprit, steps: [ENTER, BEAT], words: ['ann connects', 'ann beats'] };
    const revive = async () => (await playground({ fault: 'dies of bad JSON' })).stage.server;
    const finding = await investigate([victim, culprit], stage, { shrinkFor: 10_000, revive });
    expect(finding).toMatchObject({ isRepeatable: true });
    expect(finding.steps.at(-1)).toMatchObject({ do: 'stumble' });
  });
});

it('a server is reached where a socket can be opened, however it keeps its promises', async () => {
  const { stage, server } = await playground({ fault: 'sends no OPEN', patience: 100 });
  expect(await reach(stage)).toBeUndefined();
  server.stop();
  expect(await reach(stage)).toContain('ECONNREFUSED');
});
