import { describe, expect, it } from 'vitest';
import type { Case } from '../../../conformance/case.ts';
import { Failed } from '../../../conformance/outcomes.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { runGroup } from '../../../conformance/run-group.ts';
import { StartFailed, type Servers } from '../../../conformance/server/servers.ts';
import { smallServers, type FrameHook } from './small-server.ts';
import { someCase } from './some-case.ts';

const FAULTY: FrameHook = (server, text) => {
  if (text === 'die') server.stop();
  else if (text === 'ignore') server.ignoresFrames = true;
  else return false;
  return true;
};
const passing = (id: string, pace?: 'later' | 'alone') =>
  someCase({ id, ...(pace ? { pace } : {}), run: async (fixture) => void (await fixture.connectPair()) });
const sendsText = (id: string, word: string, pace?: 'alone') =>
  someCase({
    id,
    ...(pace ? { pace } : {}),
    run: async (fixture) => {
      const ann = (await fixture.connect('ann')).sendText(word);
      if (word === 'die') await ann.waitForClose();
      throw new Failed('it received no answer');
    },
  });

describe('running a group of cases', () => {
  it('runs parallel cases first, then those marked later, then the others alone', async () => {
    const results = await run(
      [passing('M3.alone', 'alone'), passing('M2.later', 'later'), passing('M1.together')],
      smallServers(),
    );
    expect(results).toEqual(['M1.together ok', 'M2.later ok', 'M3.alone ok']);
  });

  it.each(['die', 'ignore'])(
    'blames the right case if the server is made to %s, and continues with another server',
    async (word) => {
      const servers = smallServers({ whim: FAULTY });
      const results = await run(
        [passing('M1.before'), passing('M2.beside'), sendsText('M3.bad', word), passing('M4.behind', 'alone')],
        servers,
      );
      expect(results.filter((line) => !line.endsWith(' ok'))).toEqual(['M3.bad dangerous']);
      expect(results).toHaveLength(4);
      expect(servers.started.length).toBeGreaterThan(1);
      expect(servers.started.every(({ isStopped }) => isStopped)).toBe(true);
    },
  );

  it('checks the health after each case that runs alone, even if it passed', async () => {
    const breaks = someCase({
      id: 'M1.breaks',
      pace: 'alone',
      run: async (fixture) => void (await fixture.connect('ann')).sendText('ignore'),
    });
    expect(await run([breaks, passing('M2.next', 'alone')], smallServers({ whim: FAULTY }))).toEqual([
      'M1.breaks dangerous',
      'M2.next ok',
    ]);
  });

  it('stops if an external server does not recover', async () => {
    const servers = smallServers({ whim: FAULTY, canStartAgain: false });
    const results = await run([sendsText('M1.bad', 'die', 'alone'), passing('M2.next', 'alone')], servers);
    expect(results).toEqual(['M1.bad dangerous', 'M2.next not testable']);
  });

  it('reports all running cases as dangerous if an external server crashed', async () => {
    const servers = smallServers({ whim: FAULTY, canStartAgain: false });
    const results = await run([sendsText('M1.bad', 'die'), passing('M2.next', 'alone')], servers);
    expect(results).toEqual(['M1.bad dangerous', 'M2.next not testable']);
  });

  it('runs no case if the server does not respond', async () => {
    const servers = smallServers({ canStartAgain: false });
    const start = async () => {
      const server = await servers.start({});
      servers.started[0]?.stop();
      return server;
    };
    const seen: CaseResult[] = [];
    const cases = scheduled([passing('M1.a')]);
    await runGroup({ settings: {}, cases, servers: { ...servers, start }, atOnce: 2, report: (one) => seen.push(one) });
    expect(seen).toMatchObject([{ verdict: 'not testable', why: expect.stringMatching(/^the server does not respond: /) }]);
  });

  it('returns the reason for each case if the server did not start', async () => {
    const servers: Servers = { ...smallServers(), start: () => Promise.reject(new StartFailed('no such file')) };
    const seen: CaseResult[] = [];
    await runGroup({
      settings: {},
      cases: scheduled([passing('M1.a'), passing('M2.b', 'alone')]),
      servers,
      atOnce: 2,
      report: (one) => seen.push(one),
    });
    expect(seen.map(({ verdict, why }) => [verdict, why])).toEqual(Array(2).fill(['not testable', 'no such file']));
  });
});

async function run(cases: readonly Case[], servers: Servers): Promise<string[]> {
  const lines: string[] = [];
  const report = ({ id, verdict }: CaseResult) => void lines.push(`${id} ${verdict}`);
  await runGroup({ settings: {}, cases: scheduled(cases), servers, atOnce: 8, report });
  return lines;
}

function scheduled(cases: readonly Case[]) {
  return cases.map((one) => ({ testCase: one, settings: {}, extraWait: 0 }));
}
