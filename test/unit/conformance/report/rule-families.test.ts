import { describe, expect, it } from 'vitest';
import { familiesOf } from '../../../../conformance/report/rule-families.ts';

const families = (...rules: string[]) =>
  familiesOf(rules.map((rule) => ({ rule }))).map(({ name, members }) => `${name}: ${members.map(({ rule }) => rule).join(' ')}`);

describe('rule families', () => {
  it('follow the order of the protocol, with their items in the original order', () => {
    expect(families('L1', 'M14', 'O5', 'M2', 'H1', 'X8')).toEqual([
      'HTTP: H1',
      'Opening a socket: O5',
      'Messages: M14 M2',
      'Liveness and leaving: L1',
      'Legacy clients: X8',
    ]);
  });

  it('that are unknown are last', () => {
    expect(families('SIO3', '7', 'constructor', 'L1')).toEqual([
      'Liveness and leaving: L1',
      'Rules SIO: SIO3',
      'Other rules: 7',
      'Rules constructor: constructor',
    ]);
  });
});
