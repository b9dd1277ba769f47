import fc from 'fast-check';
import { CODE_POINT } from '../../../src/contracts/dialects/code-points.ts';

/** One mutation of a byte sequence. */
type Mutation =
  | { readonly kind: 'flip'; readonly at: number; readonly bit: number }
  | { readonly kind: 'drop'; readonly at: number; readonly length: number }
  | { readonly kind: 'insert'; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: 'repeat'; readonly at: number; readonly length: number };

// Not a float, because most random floats are almost zero.
const place = fc.nat({ max: 1_000 }).map((share) => share / 1_000);
const ODD_BYTES = [
  ...['\0', '\r\n', '\n', ' ', '\\', '"', '{', '}', '[', ',', ':', '\u2028', '\ud83e'],
  ...['%00', '%', '/', '__proto__', '1e999'],
];
const TYPES = ['OFFER', 'ANSWER', 'CANDIDATE', 'LEAVE', 'EXPIRE', 'HEARTBEAT', 'OPEN', 'ERROR', 'ID-TAKEN'];
// Text, binary, ping, pong, close; the first fragment of a message, and the last.
const FIRST_BYTES = [0x81, 0x82, 0x89, 0x8a, 0x88, 0x01, 0x80];

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  fc.record({ kind: fc.constant('flip' as const), at: place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('drop' as const), at: place, length: fc.integer({ min: 1, max: 30 }) }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: place,
    bytes: fc.oneof(
      fc.uint8Array({ minLength: 1, maxLength: 20 }),
      fc.constantFrom(...ODD_BYTES).map((text) => Buffer.from(text)),
    ),
  }),
  fc.record({ kind: fc.constant('repeat' as const), at: place, length: fc.integer({ min: 1, max: 300 }) }),
);

/** Mutated valid bytes. */
export function damaged(valid: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  // Mostly one mutation: almost valid input reaches the deepest code.
  const some = fc.oneof(fc.tuple(mutation), fc.array(mutation, { minLength: 2, maxLength: 4 }));
  return fc.tuple(valid, some).map(([bytes, accidents]) => accidents.reduce(mutate, bytes));
}

function mutate(bytes: Uint8Array, { at: share, ...mutation }: Mutation): Uint8Array {
  const at = Math.floor(share * bytes.length);
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (mutation.kind) {
    case 'flip': {
      const flipped = Uint8Array.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << mutation.bit);
      return flipped;
    }
    case 'drop':
      return Buffer.concat([before, after.subarray(mutation.length)]);
    case 'insert':
      return Buffer.concat([before, mutation.bytes, after]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, mutation.length), after]);
  }
}

const BRACKETS = [
  { open: '[', close: ']' },
  { open: '{"a":', close: '}' },
  { open: '[{"a":[', close: ']}]' },
];

/** Frames with one value that is nested so deeply that a recursive reader or writer overflows its stack. */
export function nested(frames: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const shape = fc.record({ brackets: fc.constantFrom(...BRACKETS), depth: fc.integer({ min: 4_500, max: 6_000 }) });
  return fc.tuple(frames, shape, fc.boolean()).map(([frame, { brackets, depth }, isKnownMember]) => {
    const { open, close } = brackets;
    const deep = `${open.repeat(depth)}0${close.repeat(depth)}`;
    return isKnownMember
      ? frame.replace(/"(data|payload|signal|topics|peer|dst)":/, `"$1":${deep},"rest":`)
      : frame.replace(/}([^}]*)$/, `,"deep":${deep}}$1`);
  });
}

/** Valid and almost valid JSON messages; `ids` are connected peers. */
export function messageText(ids: readonly string[]): fc.Arbitrary<string> {
  const type = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...TYPES) }, { weight: 1, arbitrary: fc.jsonValue() });
  const dst = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...ids, 'nobody', '__proto__', 'constructor') },
    { weight: 2, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.string({ unit: CODE_POINT, maxLength: 200 }) },
  );
  const member = fc.oneof(
    fc.tuple(fc.constant('type'), type),
    fc.tuple(fc.constant('dst'), dst),
    fc.tuple(fc.constant('payload'), fc.jsonValue({ maxDepth: 4 })),
    fc.tuple(fc.constantFrom('src', '__proto__', 'toString', ''), fc.jsonValue()),
    fc.tuple(fc.string(), fc.jsonValue()),
  );
  // Members are written by hand, so that they may be repeated.
  const odd = fc.array(member, { maxLength: 7 }).map((members) => {
    const texts = members.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
    return `{${texts.join(',')}}`;
  });
  const plain = fc
    .record({ type: fc.constantFrom('OFFER', 'ANSWER'), dst: fc.constantFrom(...ids), payload: fc.string({ unit: 'grapheme' }) })
    .map((message) => JSON.stringify(message));
  return fc.oneof(odd, plain);
}

/** Valid HTTP requests and handshakes. */
export function requestText(targets: readonly string[]): fc.Arbitrary<string> {
  const pieces = [
    ...['/', 'peerjs', 'id', 'peers', '..', '%', '%00', '%ff', '%2F', '?', '&', '=', '+', '#', '\\'],
    ...['key', 'token', '__proto__'],
  ];
  const mixed = fc.array(fc.constantFrom(...pieces), { maxLength: 9 }).map((some) => `/${some.join('')}`);
  const target = fc.oneof(fc.constantFrom(...targets), mixed);
  const method = fc.constantFrom('GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'DELETE', 'CONNECT', 'BREW');
  const headers = fc.subarray([
    ...['host: a', 'connection: keep-alive', 'connection: close', 'content-length: 3', 'transfer-encoding: chunked'],
    ...['expect: 100-continue', 'origin: http://a.example', 'x-forwarded-for: 1.2.3.4', 'content-length: 18446744073709551616'],
    ...['upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13', 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ=='],
    ...['sec-websocket-extensions: permessage-deflate; client_max_window_bits', 'sec-websocket-protocol: a, b'],
  ]);
  const body = fc.constantFrom('', 'abc', '3\r\nabc\r\n0\r\n\r\n', 'GET / HTTP/1.1\r\n\r\n');
  return fc
    .tuple(method, target, headers, body)
    .map(([verb, path, lines, rest]) => [`${verb} ${path} HTTP/1.1`, ...lines, '', rest].join('\r\n'));
}

/** Input after a handshake: WebSocket frames of a client, with random heads. */
export function frameBytes(payload: fc.Arbitrary<Uint8Array>): fc.Arbitrary<Uint8Array> {
  const head = fc.record({
    first: fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...FIRST_BYTES) }, { weight: 1, arbitrary: fc.nat(255) }),
    isMasked: fc.oneof({ weight: 5, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    claimed: fc.option(fc.constantFrom(0, 125, 126, 65_535, 65_536, 2 ** 31, 2 ** 53), { freq: 5, nil: undefined }),
    mask: fc.uint8Array({ minLength: 4, maxLength: 4 }),
  });
  return fc.tuple(head, payload).map(([{ first, isMasked, claimed, mask }, bytes]) => {
    const length = lengthBytes(claimed ?? bytes.length, isMasked);
    if (!isMasked) return Buffer.concat([Buffer.from([first]), length, bytes]);
    return Buffer.concat([Buffer.from([first]), length, mask, bytes.map((byte, i) => byte ^ (mask[i % 4] ?? 0))]);
  });
}

function lengthBytes(length: number, isMasked: boolean): Buffer {
  const bit = isMasked ? 0x80 : 0;
  if (length < 126) return Buffer.from([bit | length]);
  if (length < 65_536) return Buffer.from([bit | 126, length >> 8, length & 255]);
  const long = Buffer.alloc(9);
  long[0] = bit | 127;
  long.writeBigUInt64BE(BigInt(length), 1);
  return long;
}

/** A handshake. */
export function handshake(target: string): string {
  const lines = ['host: a', 'upgrade: websocket', 'connection: upgrade', 'sec-websocket-version: 13'];
  return [`GET ${target} HTTP/1.1`, ...lines, 'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==', '', ''].join('\r\n');
}
