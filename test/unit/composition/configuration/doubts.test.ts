import { expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';

function doubts(flags: Record<string, unknown>): readonly string[] {
  const resolved = resolveConfig({ given: flags });
  return resolved.ok ? resolved.value.warnings : expect.fail(JSON.stringify(resolved.refusal));
}

it('MER7: a Mercure endpoint that lets nobody in is doubtful', () => {
  const shut = [expect.stringContaining('mercure is served, but nobody gets in')];
  expect(doubts({ dialects: ['mercure'] })).toEqual(shut);
  expect(doubts({ all: true })).toEqual(shut);
  expect(doubts({ dialects: ['peerjs', 'relay'] })).toEqual([]);
  expect(doubts({ all: true, mercure_open: true })).toEqual([]);
  expect(doubts({ all: true, mercure_anonymous: true })).toEqual([]);
  expect(doubts({ all: true, mercure_publisher_key: 'secret' })).toEqual([]);
});
