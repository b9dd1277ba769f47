import { expect, it } from 'vitest';
import { FORMAT_VERSION, formatConflict } from '../../../../../src/adapters/engines/shared/format-version.ts';

it('the error names both versions, the engine and the next step', () => {
  const { refusal, message } = formatConflict('redis://host:6379', 7);
  expect(refusal).toEqual({ reason: 'engine-version', found: 7, supported: FORMAT_VERSION });
  expect(message).toBe(
    `brokers of format version 7 use the engine at redis://host:6379, and this broker has format version ${FORMAT_VERSION}: ` +
      'stop all brokers of version 7 first and wait for one cluster_lease, or use another engine or database',
  );
});
