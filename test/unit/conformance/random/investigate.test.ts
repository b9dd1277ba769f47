import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../../conformance/random/random-result.ts';
import { investigate, hasViolation, findUnreachable, type ViolatingRun } from '../../../../conformance/random/investigate.ts';
import { play } from '../../../../conformance/random/play.ts';
import type { RunContext } from '../../../../conformance/random/run-context.ts';
import type { Step } from '../../../../conformance/random/steps.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const ENTER: Step = { do: 'connect', realm: 0, id: 'ann', token: 'one' };
const MALFORMED: Step = { do: 'malformed', realm: 0, who: 'ann', frame: 'plain text', times: 1 };
const HEARTBEAT: Step = { do: 'heartbeat', realm: 0, who: 'ann' };
const LONG = [{ ...ENTER, id: 'eve' }, ENTER, HEARTBEAT, HEARTBEAT, MALFORMED, HEARTBEAT];

async function broken(steps: readonly Step[], context: RunContext): Promise<ViolatingRun> {
  const played = await play(steps, context);
  if (!hasViolation(played)) throw new Error('expected a violation');
  return played;
}

async function find(
  first: ViolatingRun,
  context: RunContext,
  means: Partial<Parameters<typeof investigate>[2]> = {},
): Promise<Finding> {
  return investigate([first], context, { shrinkFor: 10_000, restart: undefined, ...means });
}

describe('a rule violation', () => {
  it('is reduced to the fewest steps', async () => {
    const { context } = await startFaultyServer({ fault: 'ignores a socket after bad JSON', patience: 400 });
    const finding = await find(await broken(LONG, context), context);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: false, isRepeatable: true, stepsBefore: 5 });
    expect(finding.descriptions.join()).toMatch(
      /^(ann|eve) connects with token one,\1 sends a frame that is not a JSON object: a truncated object$/,
    );
    expect(finding.transcript.at(-1)).toMatchObject({ how: 'noted', what: 'destroys its connection' });
  });

  it('is not reduced without time', async () => {
    const { context } = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const finding = await find(await broken(LONG, context), context, { shrinkFor: 0 });
    expect(finding.descriptions).toHaveLength(finding.stepsBefore);
  });

  it.each([1, 2])('is not reduced to steps that violate the rule only %d times', async (chances) => {
    let alone = 0;
    const answersHeartbeat = (peers: number): boolean => peers > 1 || alone++ < chances;
    const { context } = await startFaultyServer({ set: { answersHeartbeat } });
    const unused = Array.from({ length: 4 }, (): Step => ({ do: 'relay', realm: 0, who: 'ann', kind: 'OFFER', to: 'eve' }));
    const steps = [{ ...ENTER, id: 'eve' }, ENTER, ...unused, HEARTBEAT];
    const finding = await find(await broken(steps, context), { ...context, atOnce: 1 });
    expect(finding).toMatchObject({ rule: 'M9', isRepeatable: true, stepsBefore: 7 });
    expect(finding.steps).toHaveLength(3);
  });

  it('that is not repeatable is reported with its original steps', async () => {
    const faulty = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const { context } = await startFaultyServer();
    const finding = await find(await broken(LONG, faulty.context), context);
    expect(finding).toMatchObject({ rule: 'M9', isRepeatable: false });
    expect(finding.descriptions).toHaveLength(3);
  });

  it('is dangerous if the server has crashed', async () => {
    const { context } = await startFaultyServer({ fault: 'crashes on bad JSON' });
    const finding = await find(await broken(LONG, context), context);
    expect(finding).toMatchObject({ rule: 'M10', isDangerous: true, isRepeatable: undefined });
    expect(finding.message).toMatch(
      /^M10: the server closed connection \d \(\w+\) with 1006 for no reason; afterwards the server accepts no connection/,
    );
    expect(finding.descriptions).toHaveLength(5);
  });

  it('is reduced if the server can be restarted after a crash', async () => {
    const { context } = await startFaultyServer({ fault: 'crashes on bad JSON' });
    const restart = async () => (await startFaultyServer({ fault: 'crashes on bad JSON' })).context.server;
    const finding = await find(await broken(LONG, context), context, { restart });
    expect(finding).toMatchObject({ isDangerous: true, isRepeatable: true });
    expect(finding.descriptions).toHaveLength(2);
  });

  it('is attributed to the run that repeats it, among parallel runs', async () => {
    const { context } = await startFaultyServer({ fault: 'crashes on bad JSON' });
    const culprit = await broken(LONG, context);
    const victim = { ...culprit, steps: [ENTER, HEARTBEAT], descriptions: ['ann connects', 'ann sends HEARTBEAT'] };
    const restart = async () => (await startFaultyServer({ fault: 'crashes on bad JSON' })).context.server;
    const finding = await investigate([victim, culprit], context, { shrinkFor: 10_000, restart });
    expect(finding).toMatchObject({ isRepeatable: true });
    expect(finding.steps.at(-1)).toMatchObject({ do: 'malformed' });
  });
});

it('findUnreachable returns undefined if a socket can be opened, even if the server violates rules', async () => {
  const { context, server } = await startFaultyServer({ fault: 'sends no OPEN', patience: 100 });
  expect(await findUnreachable(context)).toBeUndefined();
  server.stop();
  expect(await findUnreachable(context)).toContain('ECONNREFUSED');
});
