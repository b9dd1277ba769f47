import { expect, it } from 'vitest';
import { newLine } from '../../../../conformance/random/line.ts';
import { named } from '../../../../conformance/random/sent.ts';

it('a message is named by kind, number, sender and receiver', () => {
  const from = newLine('line 0', { realm: 'here', id: 'ann', token: 'one' });
  const open = { isDoubtful: false, survived: undefined, fate: undefined };
  expect(named({ n: 3, kind: 'OFFER', from, to: 'bob', at: 0, wasIn: true, ...open })).toBe('OFFER 3 of line 0 to "bob"');
});
