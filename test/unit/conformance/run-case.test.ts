import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failed } from '../../../conformance/outcomes.ts';
import { runCase, notTestable } from '../../../conformance/run-case.ts';
import { SmallServer } from './small-server.ts';
import { someCase } from './some-case.ts';

describe('a case is run', () => {
  let server: SmallServer;
  beforeAll(async () => {
    server = await SmallServer.start();
  });
  afterAll(() => server.stop());

  it('and where it is ok it leaves no transcript', async () => {
    const one = someCase({ run: async (scene) => void (await scene.connect('ann')) });
    const { took, ...result } = await runCase(one, server.profile());
    expect(took).toBeGreaterThanOrEqual(0);
    expect(result).toEqual({
      ...{ id: 'M1.some', rule: 'M1', title: 'something is done', severity: 'required', expected: 'it is seen' },
      ...{ verdict: 'ok', transcript: [] },
    });
  });

  it('and where it fails it says why, what the reference does, and what was heard', async () => {
    const one = someCase({
      reference: { behaviour: 'sends nothing', evidence: /so/ },
      run: async (scene) => {
        await scene.connect('ann');
        throw new Failed('so');
      },
    });
    const result = await runCase(one, server.profile());
    expect(result).toMatchObject({ verdict: 'failed', why: 'so', reference: 'sends nothing' });
    expect(result.transcript.map(({ who, how }) => `${who} ${how}`)).toEqual(['ann noted', 'ann heard']);
  });

  it('and where it hangs it ends', async () => {
    const hangs = someCase({ run: () => new Promise(() => undefined) });
    expect(await runCase(hangs, server.profile(5))).toMatchObject({ verdict: 'failed', why: 'waited 60 ms for the case to end' });
  });

  it('or not, for a reason', () => {
    expect(notTestable(someCase(), 'no key')).toMatchObject({ verdict: 'not testable', why: 'no key', took: 0, transcript: [] });
  });
});
