import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ANY, Glob, type Wildcard, type Piece } from '../../../../../src/adapters/dialects/mercure/glob.ts';

const LETTER: Wildcard = { minLength: 1, accepts: (unit) => unit === 97 || unit === 98 };

/** A reference implementation with backtracking. */
function reference(pieces: readonly Piece[], text: string): boolean {
  const [piece, ...others] = pieces;
  if (piece === undefined) return text === '';
  if (typeof piece === 'string') return text.startsWith(piece) && reference(others, text.slice(piece.length));
  if ('optional' in piece) return reference(others, text) || reference([...piece.optional, ...others], text);
  for (let length = piece.minLength; length <= text.length; length++) {
    if (![...text.slice(0, length)].every((one) => piece.accepts(one.charCodeAt(0)))) return false;
    if (reference(others, text.slice(length))) return true;
  }
  return false;
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 12 });
const simple = fc.oneof(fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 3 }), fc.constantFrom<Piece>(ANY, LETTER));
const piece: fc.Arbitrary<Piece> = fc.oneof(
  { weight: 4, arbitrary: simple },
  { weight: 1, arbitrary: fc.array(simple, { maxLength: 3 }).map((optional) => ({ optional })) },
);
const pieces = fc.array(piece, { maxLength: 6 });

describe('MER6: a pattern', () => {
  it('matches the same texts as a matcher with backtracking', () => {
    let matching = 0;
    fc.assert(
      fc.property(pieces, text, (all, one) => {
        const fits = new Glob(all).matches(one, { steps: 0 });
        expect(fits).toBe(reference(all, one));
        if (fits) matching += 1;
      }),
      { numRuns: 5_000 },
    );
    expect(matching).toBeGreaterThan(100);
  });

  it('takes at most weight steps for each character and one more', () => {
    const long = fc.string({ unit: fc.constantFrom('a', 'b', '/'), maxLength: 200 });
    fc.assert(
      fc.property(
        pieces,
        fc.oneof(
          long,
          fc.nat(2_000).map((n) => 'a'.repeat(n)),
        ),
        (all, one) => {
          const meter = { steps: 0 };
          const glob = new Glob(all);
          glob.matches(one, meter);
          expect(meter.steps).toBeLessThanOrEqual(glob.weight * (one.length + 1));
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('takes few steps for a text with another beginning', () => {
    const meter = { steps: 0 };
    const glob = new Glob(['https://a.test/', ANY, 'a'.repeat(1000)]);
    expect([glob.matches(`https://b.test/${'a'.repeat(5000)}`, meter), meter.steps < 20]).toEqual([false, true]);
  });

  it('stays within its weight for a long repetitive text', () => {
    const meter = { steps: 0 };
    const glob = new Glob([ANY, `${'a'.repeat(500)}b`, ANY]);
    expect([glob.matches('a'.repeat(5000), meter), meter.steps < glob.weight * 5001]).toEqual([false, true]);
  });
});
