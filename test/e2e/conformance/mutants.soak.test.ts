import { expect, it } from 'vitest';
import { ALL_CASES } from '../../../conformance/all-cases.ts';
import { describeMutants } from './mutant-suite.ts';

/** One fast case for most rules. A mutant must pass the cases of all rules that it does not violate. */
const SAMPLE = new Set([
  ...['H1.describes', 'H2.gives-id', 'H3.nobody-is-listed', 'H6.echoed-id', 'H8.nowhere'],
  ...['O1.no-token', 'O2.unknown', 'O3.open', 'O4.taken', 'O5.open', 'O7.letters', 'O9.slash', 'O11.after-open'],
  ...['M1.offer', 'M2.session', 'M3.escaped-values', 'M5.space', 'M6.relayed', 'M7.frees-no-dst', 'M8.silent', 'M9.open'],
  ...['M10.null', 'M12.no-dst', 'M13.waits', 'M17.in-order', 'L2.close', 'L3.ping-answered', 'L4.heir-hears'],
]);

it('the sample refers to existing cases', () => {
  const ids = new Set(ALL_CASES.map(({ id }) => id));
  expect([...SAMPLE].filter((id) => !ids.has(id))).toEqual([]);
});

describeMutants(SAMPLE);
