import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/composition/configuration/config.ts';
import { incompleteBytesOf, worstCaseOf } from '../../../../scripts/worst-case.ts';

const GIB = 1024 ** 3;

function total(given: object): number {
  const resolved = resolveConfig({ given });
  if (!resolved.ok) throw new Error('these options are invalid');
  return worstCaseOf(resolved.value.settings).reduce((sum, { bytes }) => sum + bytes, 0);
}

describe('the worst case of all limits together', () => {
  it.each(['drop-in', 'hardened'])('B1: fits into 1 GiB with the defaults of the profile %s', (profile) => {
    expect(total({ profile })).toBeLessThanOrEqual(GIB);
  });

  it.each(['drop-in', 'hardened'])('B4: incomplete messages of one address fit into 1 GiB with the profile %s', (profile) => {
    const resolved = resolveConfig({ given: { profile } });
    expect(resolved.ok && incompleteBytesOf(resolved.value.settings)).toBeLessThanOrEqual(GIB);
    expect(resolved.ok && incompleteBytesOf(resolved.value.settings)).toBeGreaterThan(0);
  });

  it('grows with each of its limits', () => {
    const before = total({});
    for (const more of [
      { max_connections: 100_001 },
      { memory_budget: 512 * 1024 ** 2 },
      { memory_per_address: 17 * 1024 ** 2 },
      { history_bytes: 5 * 1024 ** 2 },
      { key: ['one', 'two'] },
    ]) {
      expect(total(more)).toBeGreaterThan(before);
    }
  });
});
