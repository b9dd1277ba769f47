import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stepLists } from '../../../../conformance/random/draw-steps.ts';
import { simpler, withLongerPauses } from '../../../../conformance/random/simpler.ts';

const ANN = { realm: 0, who: 'ann' };

describe('a simpler step', () => {
  it('is one message instead of many, or fewer', () => {
    const relay = { do: 'relay', ...ANN, kind: 'OFFER', to: 'bob' };
    expect(simpler({ do: 'flood', ...ANN, to: 'bob', count: 60 })).toEqual([
      relay,
      { do: 'flood', ...ANN, to: 'bob', count: 30 },
    ]);
    expect(simpler({ do: 'flood', ...ANN, to: 'bob', count: 2 })).toEqual([relay]);
    expect(simpler({ do: 'from-all', realm: 0, to: 'bob' })).toContainEqual(relay);
  });

  it('is shorter, fewer, or the default', () => {
    expect(simpler({ do: 'wait', ms: 500 })).toEqual([{ do: 'wait', ms: 250 }]);
    expect(simpler({ do: 'connect', realm: 0, id: 'ann', token: 'two' })).toMatchObject([{ token: 'one' }]);
    expect(simpler({ do: 'relay', ...ANN, kind: 'LEAVE', to: 'bob' })).toMatchObject([{ kind: 'OFFER' }]);
    expect(simpler({ do: 'malformed', ...ANN, frame: 'an empty frame', times: 3 })).toMatchObject([
      { times: 1 },
      { frame: 'a truncated object' },
    ]);
  });

  it('ends the simplification of every step', () => {
    const scope = {
      realms: 2,
      hasUnusableId: true,
      connectWeight: 8,
      floodSizes: [250],
      malformedCounts: [43],
      waitRanges: [[1, 6_000]],
      minSteps: 20,
      maxSteps: 20,
    } as const;
    for (const step of fc.sample(stepLists(scope), { seed: 1, numRuns: 20 }).flat()) {
      let [least, tries] = [step, 0];
      for (let next = simpler(least).at(-1); next !== undefined; next = simpler(least).at(-1)) {
        least = next;
        expect(++tries).toBeLessThan(30);
      }
    }
  });
});

it('withLongerPauses multiplies the pauses, and keeps the other steps', () => {
  const enter = { do: 'connect', realm: 0, id: 'ann', token: 'one' } as const;
  expect(withLongerPauses([enter, { do: 'wait', ms: 250 }, enter], 4)).toEqual([enter, { do: 'wait', ms: 1_000 }, enter]);
});
