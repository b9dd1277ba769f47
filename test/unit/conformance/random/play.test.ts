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
  it('tells those that somebody was there to do, by name', async () => {
    const { stage } = await startFaultyServer();
    const { violation, steps, descriptions, transcript } = await play(STEPS, stage);
    expect(violation).toBeUndefined();
    expect(steps).toEqual([STEPS[1], { do: 'heartbeat', realm: 0, who: 'bob' }]);
    expect(descriptions).toEqual(['bob connects with token one', 'bob sends HEARTBEAT']);
    expect(transcript).toContainEqual(expect.objectContaining({ who: 'suite', what: '2. bob sends HEARTBEAT' }));
  });

  it('ends with the first that breaks a promise', async () => {
    const { stage } = await startFaultyServer({ fault: 'answers HEARTBEAT' });
    const { violation, steps } = await play([...STEPS, { do: 'wait', ms: 1 }], stage);
    expect(violation?.message).toBe('M9: line 0 (bob) heard a HEARTBEAT');
    expect(steps).toHaveLength(2);
  });

  it('does not hide what is wrong with itself', async () => {
    const { stage } = await startFaultyServer();
    await expect(play(STEPS, { ...stage, server: { ...stage.server, port: 99_999 } })).resolves.toMatchObject({
      broken: { rule: 'O3' },
    });
    const strange = [{ do: 'relay', realm: 0, who: 'bob', kind: 'OFFER', to: Symbol('bob') }] as unknown as Step[];
    await expect(play([...STEPS, ...strange], stage)).rejects.toThrow(TypeError);
  });
});
