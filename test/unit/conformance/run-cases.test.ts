import { describe, expect, it } from 'vitest';
import type { CaseResult } from '../../../conformance/results.ts';
import { runCases } from '../../../conformance/run-cases.ts';
import type { Settings } from '../../../conformance/settings.ts';
import { smallServers } from './small-server.ts';
import { someCase } from './some-case.ts';

describe('a run', () => {
  it('returns the results in the order of the cases, and reports each one immediately', async () => {
    const cases = [
      someCase({ id: 'M1.alone', pace: 'alone' }),
      someCase({ id: 'M2.needs', setup: 'messages expire' }),
      someCase({ id: 'M3.calm' }),
    ];
    const reported: CaseResult[] = [];
    const servers = smallServers();
    const results = await runCases({ cases, servers, onResult: (result) => reported.push(result) });
    expect(results.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual(['M1.alone ok', 'M2.needs not testable', 'M3.calm ok']);
    expect(reported.map(({ id }) => id)).toEqual(['M2.needs', 'M3.calm', 'M1.alone']);
    expect(servers.started).toHaveLength(1);
  });

  it('starts a server for each configuration', async () => {
    const servers = smallServers();
    const keyed = { ...servers, processKey: ({ key }: Settings) => String(key) };
    const resolve = (setup: { settings: object }) => ({ settings: 'cors' in setup.settings ? { key: ['other'] } : {} });
    const cases = [someCase({ id: 'M1.a' }), someCase({ id: 'M2.b', setup: 'any origin' }), someCase({ id: 'M3.c' })];
    const results = await runCases({ cases, servers: { ...keyed, resolve } });
    expect(results.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok']);
    expect(servers.started).toHaveLength(2);
  });
});
