import fc from 'fast-check';

const FIRST_SURROGATE = 0xd800;
const SURROGATES = 0x800;
const LAST_CODE_POINT = 0x10_ffff;

/**
 * One Unicode character, for `fc.string({ unit: CODE_POINT })`: any text that has a UTF-8 form. The unit `binary` of fast-check
 * gives the same texts, but takes seconds to prepare in each process, because it makes a table of all characters.
 */
export const CODE_POINT: fc.Arbitrary<string> = fc.nat(LAST_CODE_POINT - SURROGATES).map(characterAt, indexOf);

function characterAt(index: number): string {
  return String.fromCodePoint(index < FIRST_SURROGATE ? index : index + SURROGATES);
}

/** The inverse, so that fast-check also includes dangerous names such as `__proto__`. */
function indexOf(character: unknown): number {
  const [codePoint, ...rest] = typeof character === 'string' ? Array.from(character, (one) => one.codePointAt(0) ?? 0) : [];
  if (codePoint === undefined || rest.length > 0) throw new Error('not one character');
  if (codePoint < FIRST_SURROGATE) return codePoint;
  if (codePoint < FIRST_SURROGATE + SURROGATES) throw new Error('a lone surrogate');
  return codePoint - SURROGATES;
}
