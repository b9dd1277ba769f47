import { expect, it } from 'vitest';
import { protocolsOf } from '../../../../conformance/report/protocols.ts';
import type { CaseResult, Verdict } from '../../../../conformance/results.ts';

function result(verdict: Verdict, protocol?: string): CaseResult {
  const named = { id: 'MER7.a', rule: 'MER7', title: '', severity: 'recommended', expected: '' } as const;
  return { ...named, verdict, took: 1, transcript: [], ...(protocol === undefined ? {} : { protocol }) };
}

it('states which versions of the protocol a server supports', () => {
  const old = [result('ok', 'Mercure 0.x'), result('ok', 'Mercure 0.x')];
  const current = [result('loose', 'Mercure 1.0'), result('not testable', 'Mercure 1.0')];
  const other = [result('ok', 'Trystero'), result('loose', 'Trystero')];
  expect(protocolsOf([...current, ...old, ...other, result('failed')])).toEqual([
    'does not support Mercure 1.0 (0 of 1 cases)',
    'supports Mercure 0.x (2 of 2 cases)',
    'supports Trystero in part (1 of 2 cases)',
  ]);
});
