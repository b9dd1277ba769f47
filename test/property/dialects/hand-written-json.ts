import fc from 'fast-check';

/* Hand-written JSON objects: any white space, any escapes, repeated members, and members in any order. */

const SPACE = fc.constantFrom('', '', '', ' ', '\n', '\t\r\n ');

const NUMBER = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('0', '-0', '1.10', '1E+2', '2e-07', '1e400', '-1e-400', '9'.repeat(400), '12345678901234567890'),
  { arbitrary: fc.constantFrom('01', '1.', '.5', '+1', '-', '1e', '0x1', 'NaN', 'Infinity', '--1', '1e+'), weight: 1 },
);

/** A quoted text with some escaped characters. */
function quoted(text: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(text, fc.nat(), fc.boolean()).map(([plain, escapes, isUpper]) => {
    const characters = plain.split('').map((character, position) => {
      if (((escapes >> (position % 24)) & 1) === 0) return JSON.stringify(character).slice(1, -1);
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      return `\\u${isUpper ? code.toUpperCase() : code}`;
    });
    return `"${characters.join('')}"`;
  });
}

const TEXT = quoted(
  fc.oneof(
    fc.string({ maxLength: 12 }),
    fc.string({ unit: 'grapheme', maxLength: 6 }),
    fc.constantFrom('', '\u2028', '\ud83d', '\u0000', '/', '\ufeff', '"', '\\', '__proto__'),
  ),
);

const KNOWN = quoted(fc.constantFrom('type', 'dst', 'payload', 'src'));
const ODD = fc.constantFrom(
  'undefined',
  '',
  'nul',
  "'a'",
  '"',
  '"\t"',
  '"\\x41"',
  '[1,]',
  '{"a":1,}',
  '/**/1',
  '{a:1}',
  '[',
  '}',
);

const { value } = fc.letrec<{ value: string; list: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    { arbitrary: fc.constantFrom('null', 'true', 'false'), weight: 4 },
    { arbitrary: TEXT, weight: 6 },
    { arbitrary: NUMBER, weight: 3 },
    { arbitrary: tie('list'), weight: 3 },
    { arbitrary: tie('object'), weight: 4 },
  ),
  list: fc
    .tuple(fc.array(tie('value'), { maxLength: 4 }), SPACE)
    .map(([values, space]) => `[${space}${values.join(`${space},`)}]`),
  object: fc
    .tuple(fc.array(fc.tuple(fc.oneof(TEXT, KNOWN), tie('value')), { maxLength: 4 }), SPACE)
    .map(
      ([members, space]) =>
        `{${members.map(([key, held]) => `${key}${space}:${space}${held}`).join(`${space},${space}`)}${space}}`,
    ),
}));

const TYPE = fc.oneof(
  { arbitrary: quoted(fc.constantFrom('OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE')), weight: 12 },
  { arbitrary: quoted(fc.constantFrom('HEARTBEAT', 'OPEN', 'ID-TAKEN', 'ERROR', 'offer', '__proto__', '')), weight: 3 },
  { arbitrary: value, weight: 1 },
);

const DST = fc.oneof({ arbitrary: TEXT, weight: 6 }, { arbitrary: fc.constantFrom('null', '""', '5'), weight: 2 }, value);

const MEMBER = fc.oneof(
  fc.tuple(quoted(fc.constant('type')), TYPE),
  fc.tuple(quoted(fc.constant('dst')), DST),
  fc.tuple(quoted(fc.constant('payload')), value),
  fc.tuple(fc.oneof(TEXT, KNOWN), fc.oneof({ arbitrary: value, weight: 30 }, { arbitrary: ODD, weight: 1 })),
);

/** A hand-written object, usually well-formed. */
export const HAND_WRITTEN: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.array(fc.tuple(MEMBER, SPACE, SPACE), { maxLength: 7 }), SPACE, SPACE)
  .map(([members, before, behind]) => {
    const inside = members.map(([[key, held], left, right]) => `${left}${key}${right}:${left}${held}${right}`).join(',');
    return Buffer.from(`${before}{${inside}${behind}}${behind}`);
  });
