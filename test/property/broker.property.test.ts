import fc from 'fast-check';
import { describe, it } from 'vitest';
import { commands } from './commands.ts';
import { World } from './world.ts';

describe('the promises, whatever peers do', () => {
  it('M1 M13 M14 M17 O3 O4 O5 O6 L1 L4: hold after every step of a thousand runs', () => {
    fc.assert(
      fc.property(commands(), (steps) => {
        const world = new World();
        fc.modelRun(() => ({ model: {}, real: world }), steps);
        world.finish();
      }),
      { numRuns: 1_000, verbose: 1 },
    );
  });
});
