import fc from 'fast-check';

/** One mutation of the bytes of a frame. */
type Mutation =
  | { readonly does: 'flip'; readonly position: number; readonly bit: number }
  | { readonly does: 'delete'; readonly position: number; readonly length: number }
  | { readonly does: 'insert'; readonly position: number; readonly piece: string }
  | { readonly does: 'copy'; readonly position: number; readonly from: number; readonly length: number };

/** Fragments that occur in JSON, valid or not. */
const PIECES: readonly string[] = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    ':',
    ',',
    '\\',
    ' ',
    '\n',
    '\t',
    '0',
    '-',
    '.',
    'e',
    '\u0000',
    '\u001f',
    '\u007f',
    '\ufeff',
    '\u2028',
    '😀',
  ],
  ...['null', 'true', '""', '[]', '{}', '-0', '1e5', '01', '1.', '\\u0041', '\\ud83d', '\\"', '\\\\', '\\x', '//', '/**/'],
  ...[
    '"type":"LEAVE",',
    ',"type":"OFFER"',
    ',"dst":null',
    '"dst":"eve",',
    ',"dst":7',
    '"payload":1,',
    ',"payload":[{"type":1}]',
    '"src":"eve",',
  ],
  ...[
    '"ty\\u0070e":"ANSWER",',
    ',"\\u0064st":"eve"',
    '"__proto__":{"dst":"eve"},',
    ',"type":"OPEN"',
    ',"type":5',
    ',"dst":""',
    '"payload":,',
  ],
];

const STRUCTURE = new Set(Buffer.from('{}[]",:\\'));

/** Positions are large numbers, reduced modulo the length of the frame. */
const POSITION = fc.nat();

const MUTATION: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ does: fc.constant('flip' as const), position: POSITION, bit: fc.nat(7) }),
  fc.record({ does: fc.constant('delete' as const), position: POSITION, length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ does: fc.constant('insert' as const), position: POSITION, piece: fc.constantFrom(...PIECES) }),
  fc.record({ does: fc.constant('copy' as const), position: POSITION, from: POSITION, length: fc.integer({ min: 1, max: 200 }) }),
);

/** A frame with up to three mutations, often at quotes, brackets, commas, colons or backslashes. */
export function mutated(frames: readonly string[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...frames), fc.array(MUTATION, { maxLength: 3 }))
    .map(([frame, mutations]) => mutations.reduce(mutate, Buffer.from(frame)));
}

function mutate(bytes: Buffer, mutation: Mutation): Buffer {
  const position = positionOf(bytes, mutation.position);
  const [before, after] = [bytes.subarray(0, position), bytes.subarray(position)];
  switch (mutation.does) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      flipped[position] = (flipped[position] ?? 0) ^ (1 << mutation.bit);
      return flipped;
    }
    case 'delete':
      return Buffer.concat([before, after.subarray(mutation.length)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from(mutation.piece), after]);
    case 'copy': {
      const from = positionOf(bytes, mutation.from);
      return Buffer.concat([before, bytes.subarray(from, from + mutation.length), after]);
    }
  }
}

/** Every second position is a structural character, if the frame has any. */
function positionOf(bytes: Buffer, position: number): number {
  const structure = position % 2 === 0 ? [...bytes.keys()].filter((at) => STRUCTURE.has(bytes[at] ?? 0)) : [];
  const chosen = structure[(position >> 1) % Math.max(1, structure.length)];
  return chosen ?? (position >> 1) % (bytes.length + 1);
}
