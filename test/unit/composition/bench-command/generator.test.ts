import { expect, it } from 'vitest';
import { withGenerator } from '../../../../src/composition/bench-command/generator.ts';

it('fails with the reason of a scenario, and ends the generator', async () => {
  const before = process.listenerCount('exit');
  await expect(withGenerator((play) => play('unknown', {}).then(() => []))).rejects.toThrow('not a function');
  expect(process.listenerCount('exit')).toBe(before);
});

it('reports the faults', async () => {
  const outcome = await withGenerator(async (play) => {
    await play('cycle', { port: 1, cycles: 1 });
    return [];
  });
  expect(outcome.faults).toMatchObject([{ kind: 'no OPEN', examples: [expect.stringContaining('ECONNREFUSED')] }]);
});
