import { expect, it } from 'vitest';
import type { Figure } from '../../../../src/composition/bench-command/figures.ts';
import { comparisonTable, faultLines, figureTable, medians } from '../../../../src/composition/bench-command/report.ts';

const figure = (value: number, name = 'relays', unit = '/s'): Figure => ({ name, title: name, unit, value, isCost: false });

it('a table has one line for each figure', () => {
  expect(figureTable([figure(1234.5), figure(1.5, 'p50', 'ms')])).toBe('relays   1235/s\np50     1.50 ms\n');
});

it('a comparison has both medians and their ratio', () => {
  expect(comparisonTable([figure(100), figure(1, 'other')], [figure(50)])).toBe(
    'median      A       B  B / A\nrelays  100/s  50.0/s   0.50\n',
  );
});

it('a median is between the two values in the middle', () => {
  const of = (...values: number[]) => medians(values.map((value) => [figure(value)]))[0]?.value;
  expect([of(3, 1, 2), of(4, 1, 2, 3), of(5)]).toEqual([2, 2.5, 5]);
  expect(medians([])).toEqual([]);
});

it.each([
  ['a: the server closed with 1008', 'raise messages_per_second'],
  ['a: the server answered the handshake with HTTP/1.1 429 Too Many Requests', 'A limit of connections was reached'],
  ['a: connect ECONNREFUSED 127.0.0.1:1', 'No server listens there'],
])('a fault like %s has a hint', (example, hint) => {
  const lines = faultLines([{ kind: 'cut', count: 2, examples: [example] }]);
  expect(lines).toContain(`2 × cut: ${example}\n`);
  expect(lines).toContain(hint);
});
