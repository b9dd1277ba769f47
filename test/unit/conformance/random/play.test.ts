import { describe, expect, it } from 'vitest';
import { play } from '../../../../conformance/random/play.ts';
import type { Step } from '../../../../conformance/random/steps.ts';
import { startFaultyServer } from './start-faulty-server.ts';

const STEPS: readonly Step[] = [
  { do: 'heartbeat', realm: 0, who: 'ann' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
  { do: 'heartbeat', realm: 0, who: 'ann' },
];

describe('playing steps', () => {
  it('returns the executed steps with their actual peers', async () => {
    const { context } = await startFaultyServer();
    const { violation, steps, descriptions, transcript } = await play(STEPS, context);
    expect(violation).toBeUndefined();
    expect(steps).toEqual([STEPS[1], { do: 'heartbeat', realm: 0, who: 'bob' }]);
    expect(descriptions).toEqual(['bob connects with token one', 'bob sends HEARTBEAT']);
    expect(transcript).toContainEqual(expect.objectContaining({ who: 'suite', what: '2. bob sends HEARTBEAT' }));
  });

  it('ends at the first violation', async () => {
    const { context } = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const { violation, steps } = await play([...STEPS, { do: 'wait', ms: 1 }], context);
    expect(violation?.message).toBe('M9: connection 0 (bob) received a frame of type HEARTBEAT');
    expect(steps).toHaveLength(2);
  });

  it('rethrows its own errors', async () => {
    const { context } = await startFaultyServer();
    await expect(play(STEPS, { ...context, server: { ...context.server, port: 99_999 } })).resolves.toMatchObject({
      violation: { rule: 'O3' },
    });
    const strange = [{ do: 'relay', realm: 0, who: 'bob', kind: 'OFFER', to: Symbol('bob') }] as unknown as Step[];
    await expect(play([...STEPS, ...strange], context)).rejects.toThrow(TypeError);
  });
});
