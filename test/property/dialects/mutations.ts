import fc from 'fast-check';

/** One thing that happens to the bytes of a frame on its way. */
type Wound =
  | { readonly does: 'flip'; readonly place: number; readonly bit: number }
  | { readonly does: 'delete'; readonly place: number; readonly length: number }
  | { readonly does: 'insert'; readonly place: number; readonly piece: string }
  | { readonly does: 'copy'; readonly place: number; readonly from: number; readonly length: number };

/** What makes JSON of bytes, and breaks it. */
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

/** Places are large numbers: the bytes that are hit at last depend on how many there are. */
const PLACE = fc.nat();

const WOUND: fc.Arbitrary<Wound> = fc.oneof(
  fc.record({ does: fc.constant('flip' as const), place: PLACE, bit: fc.nat(7) }),
  fc.record({ does: fc.constant('delete' as const), place: PLACE, length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({ does: fc.constant('insert' as const), place: PLACE, piece: fc.constantFrom(...PIECES) }),
  fc.record({ does: fc.constant('copy' as const), place: PLACE, from: PLACE, length: fc.integer({ min: 1, max: 200 }) }),
);

/** A frame that was hit up to three times, often where it hurts: at quotes, brackets, commas, colons, backslashes. */
export function wounded(frames: readonly string[]): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...frames), fc.array(WOUND, { maxLength: 3 }))
    .map(([frame, wounds]) => wounds.reduce(hit, Buffer.from(frame)));
}

function hit(bytes: Buffer, wound: Wound): Buffer {
  const place = placeOf(bytes, wound.place);
  const [before, behind] = [bytes.subarray(0, place), bytes.subarray(place)];
  switch (wound.does) {
    case 'flip': {
      const flipped = Buffer.from(bytes);
      flipped[place] = (flipped[place] ?? 0) ^ (1 << wound.bit);
      return flipped;
    }
    case 'delete':
      return Buffer.concat([before, behind.subarray(wound.length)]);
    case 'insert':
      return Buffer.concat([before, Buffer.from(wound.piece), behind]);
    case 'copy': {
      const from = placeOf(bytes, wound.from);
      return Buffer.concat([before, bytes.subarray(from, from + wound.length), behind]);
    }
  }
}

/** Every second place is one of the structure, if there is any. */
function placeOf(bytes: Buffer, place: number): number {
  const structure = place % 2 === 0 ? [...bytes.keys()].filter((at) => STRUCTURE.has(bytes[at] ?? 0)) : [];
  const chosen = structure[(place >> 1) % Math.max(1, structure.length)];
  return chosen ?? (place >> 1) % (bytes.length + 1);
}
