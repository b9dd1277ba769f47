import { describe, expect, it } from 'vitest';
import { readArguments } from '../../../conformance/arguments.ts';
import { conformRandomly } from '../../../conformance/conform-randomly.ts';
import { StartFailed, type Servers } from '../../../conformance/server/servers.ts';
import { smallServers } from './small-server.ts';

const GIVEN = readArguments(['--url', 'http://127.0.0.1']);
const CONNECTS = '[{"do":"connect","realm":0,"id":"ann","token":"one"}]';

async function replay(servers: Servers) {
  let stderr = '';
  const io = { stdout: { write: () => true }, stderr: { write: (text: string) => (stderr += text) }, isTerminal: false };
  const result = await conformRandomly({ runs: undefined, seed: undefined, replay: CONNECTS }, servers, GIVEN, io);
  return { result, stderr };
}

describe('random runs', () => {
  it('start a server, and stop it afterwards', async () => {
    const servers = smallServers();
    const { result } = await replay(servers);
    expect(result).toMatchObject({ outcome: 'passed', steps: 1 });
    expect(servers.started.map(({ isStopped }) => isStopped)).toEqual([true]);
  });

  it('save the steps of a violation', async () => {
    const written: string[] = [];
    const io = { stdout: { write: (text: string) => written.push(text) > 0 }, stderr: { write: () => true }, isTerminal: false };
    const random = { runs: undefined, seed: undefined, replay: CONNECTS };
    await conformRandomly(random, smallServers({ whim: () => true }), { ...GIVEN, patience: 200, saveReplay: '-' }, io);
    expect(written.at(-1)).toContain('\n# 1. ann connects with token one\n{"do":"connect"');
  });

  it('report why the server did not start', async () => {
    const start = () => Promise.reject(new StartFailed('no such file'));
    expect(await replay({ ...smallServers(), start })).toEqual({
      result: undefined,
      stderr: 'signalbox conform: no such file\n',
    });
  });
});
