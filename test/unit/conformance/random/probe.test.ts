import { expect, it } from 'vitest';
import { PROBE, probeIn } from '../../../../conformance/random/probe.ts';

it.each([
  ['same bytes', `{"type":"OFFER","payload":{"n":1,"probe":${PROBE}}}`],
  ['same value', `{"payload":{"probe":${JSON.stringify(JSON.parse(PROBE))}}}`],
  ['changed', `{"payload":{"probe":${PROBE.replace('{}', '[]')}}}`],
  ['changed', '{"payload":{"probe":1}}'],
  ['absent', '{"payload":{"n":1}}'],
  ['absent', '{"type":"OPEN"}'],
] as const)('M2: the probe is %s in %s', (state, text) => {
  expect(probeIn(text)).toBe(state);
});
