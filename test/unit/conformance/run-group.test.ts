import { describe, expect, it } from 'vitest';
import type { Case } from '../../../conformance/case.ts';
import { Failed } from '../../../conformance/outcomes.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { runGroup } from '../../../conformance/run-group.ts';
import { StartFailed, type Servers } from '../../../conformance/server/servers.ts';
import { smallServers, type FrameHook } from './small-server.ts';
import { someCase } from './some-case.ts';

const DIES: FrameHook = (server, text) => {
  if (text === 'die') server.stop();
  else if (text === 'deaf') server.ignoresFrames = true;
  else return false;
  return true;
};
const fine = (id: string, pace?: 'later' | 'alone') =>
  someCase({ id, ...(pace ? { pace } : {}), run: async (scene) => void (await scene.connectPair()) });
const says = (id: string, word: string, pace?: 'alone') =>
  someCase({
    id,
    ...(pace ? { pace } : {}),
    run: async (scene) => {
      const ann = (await scene.connect('ann')).sendText(word);
      if (word === 'die') await ann.waitForClose();
      throw new Failed('it hears nothing back');
    },
  });

describe('a round', () => {
  it('runs those that may at the same time first, then those that may later, then each of the rest', async () => {
    const results = await run([fine('M3.alone', 'alone'), fine('M2.later', 'later'), fine('M1.together')], smallServers());
    expect(results).toEqual(['M1.together ok', 'M2.later ok', 'M3.alone ok']);
  });

  it.each(['die', 'deaf'])('blames the right one where the server is to %s, and goes on with another', async (word) => {
    const servers = smallServers({ whim: DIES });
    const results = await run([fine('M1.before'), fine('M2.beside'), says('M3.bad', word), fine('M4.behind', 'alone')], servers);
    expect(results.filter((line) => !line.endsWith(' ok'))).toEqual(['M3.bad dangerous']);
    expect(results).toHaveLength(4);
    expect(servers.started.length).toBeGreaterThan(1);
    expect(servers.started.every(({ isStopped }) => isStopped)).toBe(true);
  });

  it('asks after each that runs alone whether the server lives, even where it held', async () => {
    const kills = someCase({
      id: 'M1.kills',
      pace: 'alone',
      run: async (scene) => void (await scene.connect('ann')).sendText('deaf'),
    });
    expect(await run([kills, fine('M2.next', 'alone')], smallServers({ whim: DIES }))).toEqual([
      'M1.kills dangerous',
      'M2.next ok',
    ]);
  });

  it('can not go on where the server was given and does not come back', async () => {
    const servers = smallServers({ whim: DIES, canStartAgain: false });
    const results = await run([says('M1.bad', 'die', 'alone'), fine('M2.next', 'alone')], servers);
    expect(results).toEqual(['M1.bad dangerous', 'M2.next not testable']);
  });

  it('blames all that ran when a server that was given died, where nobody can tell', async () => {
    const servers = smallServers({ whim: DIES, canStartAgain: false });
    const results = await run([says('M1.bad', 'die'), fine('M2.next', 'alone')], servers);
    expect(results).toEqual(['M1.bad dangerous', 'M2.next not testable']);
  });

  it('asks nothing of a server that answers nobody', async () => {
    const servers = smallServers({ canStartAgain: false });
    const start = async () => {
      const server = await servers.start({});
      servers.started[0]?.stop();
      return server;
    };
    const seen: CaseResult[] = [];
    const cases = turnsOf([fine('M1.a')]);
    await runGroup({ settings: {}, cases, servers: { ...servers, start }, atOnce: 2, report: (one) => seen.push(one) });
    expect(seen).toMatchObject([{ verdict: 'not testable', why: expect.stringMatching(/^the server does not answer: /) }]);
  });

  it('says for each case why there is no server', async () => {
    const servers: Servers = { ...smallServers(), start: () => Promise.reject(new StartFailed('no such file')) };
    const seen: CaseResult[] = [];
    await runGroup({
      settings: {},
      cases: turnsOf([fine('M1.a'), fine('M2.b', 'alone')]),
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
  await runGroup({ settings: {}, cases: turnsOf(cases), servers, atOnce: 8, report });
  return lines;
}

function turnsOf(cases: readonly Case[]) {
  return cases.map((one) => ({ testCase: one, settings: {}, extraWait: 0 }));
}
