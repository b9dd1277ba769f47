import { describe, it } from 'vitest';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { CALL_CLAUSES } from '../../../src/contracts/telemetry/contract.ts';

describe('the port Telemetry: none', () => {
  it.each(CALL_CLAUSES)('$name', ({ run }) => run(new NoTelemetry()));
});
