import { MemoryTelemetry } from '../../../src/adapters/telemetry/memory.ts';
import { telemetryContract } from './contract.ts';
import { valuesOf } from './memory.ts';

telemetryContract('memory', () => {
  let seconds = 0;
  const telemetry = new MemoryTelemetry(() => (seconds += 1));
  return { telemetry, read: (metric) => Promise.resolve(valuesOf(telemetry.samples(metric))) };
});
