import fc from 'fast-check';
import { describe, it } from 'vitest';
import { stepLists } from '../../conformance/random/draw-steps.ts';
import { actionFor, type Step } from '../../conformance/random/steps.ts';
import { MemoryBroker, SCOPE } from './memory-broker.ts';

/** @throws an Error with the violated rule and the steps before it. */
function play(steps: readonly Step[]): void {
  const broker = new MemoryBroker();
  const done: string[] = [];
  try {
    for (const step of steps) {
      const action = actionFor(step, broker);
      if (action === undefined) continue;
      done.push(action.description);
      action.run();
    }
    broker.finish();
  } catch (error) {
    throw new Error(`${String(error)}\nafter:\n${done.map((description, i) => `${i + 1}. ${description}`).join('\n')}`, {
      cause: error,
    });
  }
}

describe('the promises, for any actions of peers', () => {
  it(
    'M1 M6 M7 M9 M10 M13 M14 M17 M19 O3 O4 O5 O6 O7 L1 L4: hold after every step of a thousand runs',
    { timeout: 240_000 },
    () => {
      fc.assert(fc.property(stepLists(SCOPE), play), { numRuns: 1_000, verbose: 1 });
    },
  );
});
