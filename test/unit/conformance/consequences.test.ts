import { describe, expect, it } from 'vitest';
import { withoutConsequences } from '../../../conformance/consequences.ts';
import type { CaseResult } from '../../../conformance/results.ts';
import { ALL_MUTANTS } from '../../conformance/mutants/all-mutants.ts';
import { ConformingServer } from '../../conformance/mutants/conforming-server.ts';
import { inProcess, type ServerClass } from '../../conformance/mutants/in-process.ts';

const PATIENCE_MS = 1_000;
const ANSWERING = ALL_MUTANTS.find(({ name }) => name === 'answers HEARTBEAT')?.Server ?? ConformingServer;

describe('consequences of a fault', () => {
  it('are not testable, and name the rule that the server violates', async () => {
    const judged = await judge(ANSWERING, ['M8.silent', 'M1.once', 'M6.relayed', 'O4.taken', 'H5.root']);
    expect(judged.map(({ id, verdict }) => `${id} ${verdict}`)).toEqual([
      ...['M8.silent failed', 'M1.once not testable', 'M6.relayed not testable', 'O4.taken not testable', 'H5.root failed'],
    ]);
    expect(judged[1]?.why).toContain('relies on M8, which the server violates: ann received {"type":"HEARTBEAT"}');
  });

  it('stay faults if the server does not violate the rule on which they rely', async () => {
    const judged = await judge(ConformingServer, ['M8.silent', 'M1.once', 'M6.relayed', 'O4.taken']);
    expect(judged.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('stay faults if no case of the rule on which they rely is failed', async () => {
    const judged = await judge(ANSWERING, ['M1.once', 'M6.relayed', 'O4.taken', 'L2.close']);
    expect(judged.map(({ verdict }) => verdict)).toEqual(['failed', 'failed', 'failed', 'failed']);
  });

  it('are not looked for if the server violates few rules', async () => {
    const servers = { ...inProcess('server', ANSWERING, PATIENCE_MS), start: () => Promise.reject(new Error('started')) };
    const results = ['M8.silent', 'M1.once', 'M6.relayed'].map(failed);
    expect(await withoutConsequences(results, servers)).toEqual(results);
  });

  it('include no crash', async () => {
    const crash: CaseResult = { ...failed('M10.word'), verdict: 'dangerous', why: 'the server crashed: it exited with code 1' };
    const results = [...['M8.silent', 'M1.once', 'O4.taken'].map(failed), crash];
    const judged = await withoutConsequences(results, inProcess('server', ANSWERING, PATIENCE_MS));
    expect(judged.at(-1)).toEqual(crash);
  });
});

function judge(Server: ServerClass, ids: readonly string[]): Promise<CaseResult[]> {
  return withoutConsequences(ids.map(failed), inProcess('server', Server, PATIENCE_MS));
}

function failed(id: string): CaseResult {
  const rule = id.split('.')[0] ?? id;
  const text = { title: '', expected: '', why: 'the wrong frame' };
  return { id, rule, ...text, severity: 'required', verdict: 'failed', took: 0, transcript: [] };
}
