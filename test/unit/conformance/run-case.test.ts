import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { Dangerous, Failed, Inconclusive, TimedOut } from '../../../conformance/outcomes.ts';
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

  describe('about time', () => {
    let now = 0;
    /** Time passes while no timer fires. */
    const stall = (ms: number): void => void (now += ms);
    const settings = { expire_timeout: 400 };
    const timed = (run: (attempt: number) => void | Promise<void>) => {
      let attempts = 0;
      const one = someCase({ setup: 'messages expire', run: async () => run(++attempts) });
      return { one, attempts: () => attempts };
    };

    beforeEach(() => void vi.spyOn(performance, 'now').mockImplementation(() => now));
    afterEach(() => void vi.restoreAllMocks());

    it('repeats it if the machine was late', async () => {
      const { one, attempts } = timed((attempt) => {
        if (attempt > 1) return;
        stall(100);
        throw new Failed('too late');
      });
      expect(await runCase(one, server.profile(1_000, settings))).toMatchObject({ verdict: 'ok' });
      expect(attempts()).toBe(2);
    });

    it('has no verdict on a machine that is always late', async () => {
      const { one, attempts } = timed(() => {
        stall(100);
        throw new Failed('too late');
      });
      const { verdict, why } = await runCase(one, server.profile(1_000, settings));
      expect([verdict, attempts()]).toEqual(['not testable', 11]);
      expect(why).toMatch(/^the machine was busy: its timers were up to \d+ ms late, at most 50 ms are acceptable \(too late\)$/);
    });

    it('keeps the verdict of an event that did not arrive, because the time limit allows for delays', async () => {
      const { one, attempts } = timed(() => {
        stall(100);
        throw new TimedOut('no EXPIRE');
      });
      expect(await runCase(one, server.profile(1_000, settings))).toMatchObject({ verdict: 'failed', why: 'no EXPIRE' });
      expect(attempts()).toBe(1);
    });

    it('repeats it if an event did not arrive while the machine stood still', async () => {
      const { one, attempts } = timed((attempt) => {
        if (attempt > 1) return;
        stall(600);
        throw new TimedOut('no EXPIRE');
      });
      expect(await runCase(one, server.profile(1_000, settings))).toMatchObject({ verdict: 'ok' });
      expect(attempts()).toBe(2);
    });

    it('keeps the verdict of a machine in time, and that of dangerous behaviour', async () => {
      const failing = timed(() => {
        throw new Failed('wrong');
      });
      expect(await runCase(failing.one, server.profile(1_000, settings))).toMatchObject({ verdict: 'failed', why: 'wrong' });
      expect(failing.attempts()).toBe(1);
      const dangerous = timed(() => {
        stall(100);
        throw new Dangerous('leaks');
      });
      expect(await runCase(dangerous.one, server.profile(1_000, settings))).toMatchObject({ verdict: 'dangerous' });
    });

    it('repeats an inconclusive attempt', async () => {
      const { one } = timed((attempt) => {
        if (attempt < 3) throw new Inconclusive('Bob came too late');
      });
      expect(await runCase(one, server.profile(1_000, settings))).toMatchObject({ verdict: 'ok' });
      const never = someCase({
        run: async () => {
          throw new Inconclusive('Bob came too late');
        },
      });
      expect(await runCase(never, server.profile())).toMatchObject({ verdict: 'not testable', why: 'Bob came too late' });
    });
  });

  it('returns the reason for an untestable case', () => {
    expect(notTestable(someCase(), 'no key')).toMatchObject({ verdict: 'not testable', why: 'no key', took: 0, transcript: [] });
  });
});
