import { expect, it } from 'vitest';
import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { countHandshakes } from '../../../src/application/handshake-counters.ts';

it('countHandshakes: counts each outcome, and measures answers in seconds', () => {
  const telemetry = new MemoryTelemetry();
  const listener = countHandshakes(telemetry);
  listener('answered', 1_500);
  listener('expired', 5_000);
  listener('unanswered', 30_000);
  expect(telemetry.samples('handshakes_total').map(({ value }) => value)).toEqual([1, 1, 1]);
  expect(telemetry.samples('answer_seconds')).toMatchObject([{ value: 1.5 }]);
});
