import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Failed } from '../../../conformance/outcomes.ts';
import { runCase, notTestable } from '../../../conformance/run-case.ts';
import { SmallServer } from './small-server.ts';
import { someCase } from './some-case.ts';

describe('running a case', () => {
  let server: SmallServer;
  beforeAll(async () => {
    server = await SmallServer.start();
  });
  afterAll(() => server.stop());

  it('keeps no transcript for the verdict ok', async () => {
    const one = someCase({ run: async (fixture) => void (await fixture.connect('ann')) });
    const { took, ...result } = await runCase(one, server.profile());
    expect(took).toBeGreaterThanOrEqual(0);
    expect(result).toEqual({
      ...{ id: 'M1.some', rule: 'M1', title: 'a client does something', severity: 'required', expected: 'the server reacts' },
      ...{ verdict: 'ok', transcript: [] },
    });
  });

  it('returns the reason, the deviation of peer, and the transcript for a failed case', async () => {
    const one = someCase({
      reference: { behaviour: 'sends nothing', evidence: /so/ },
      run: async (fixture) => {
        await fixture.connect('ann');
        throw new Failed('so');
      },
    });
    const result = await runCase(one, server.profile());
    expect(result).toMatchObject({ verdict: 'failed', why: 'so', reference: 'sends nothing' });
    expect(result.transcript.map(({ who, how }) => `${who} ${how}`)).toEqual(['ann noted', 'ann heard']);
  });

  it('ends a case after the time limit', async () => {
    const hangs = someCase({ run: () => new Promise(() => undefined) });
    expect(await runCase(hangs, server.profile(5))).toMatchObject({
      verdict: 'failed',
      why: 'timed out after 60 ms waiting for the case to end',
    });
  });

  it('returns the reason for an untestable case', () => {
    expect(notTestable(someCase(), 'no key')).toMatchObject({ verdict: 'not testable', why: 'no key', took: 0, transcript: [] });
  });
});
