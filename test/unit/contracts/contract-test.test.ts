import { describe, expect, it } from 'vitest';
import { lackOf } from '../../../src/contracts/contract-test.ts';

describe('lackOf', () => {
  it('names the capability, the reason, and the promises that are not tested', async () => {
    const { name, run } = lackOf('ipv6', 'no: this machine has none', ['listens on ::1', 'reports ::1']);
    expect(name).toBe('does not have ipv6 (no: this machine has none), so not: listens on ::1; reports ::1');
    await run();
  });

  it('a reason is required', async () => {
    await expect(lackOf('ipv6', 'no: ', []).run()).rejects.toThrow();
    await expect(lackOf('ipv6', true, []).run()).rejects.toThrow();
  });
});
