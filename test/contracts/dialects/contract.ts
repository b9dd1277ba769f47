import { isUtf8 } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dialect, Farewell } from '../../../src/application/ports/dialect.ts';
import type { HttpOutcome } from '../../../src/application/ports/requests.ts';
import type { PeerId } from '../../../src/domain/ids.ts';
import type { MessageKind, SignalMessage } from '../../../src/domain/message.ts';
import type { Ending, OpenRefusal } from '../../../src/domain/refusal.ts';

/** One dialect, and what a suite can't know of it. */
export interface DialectSubject {
  /** A fresh one for each call, all alike. */
  make(): Dialect;
  /** What it reads as a message where it finds what it wrote itself. */
  readonly readsBack: readonly MessageKind[];
  /** Paths, queries and frames that mean something to it: what is thrown at it lies close by. */
  readonly paths: readonly string[];
  readonly queries: readonly string[];
  readonly frames: readonly string[];
}

/** One promise of the port. */
export interface Clause {
  readonly name: string;
  run(subject: DialectSubject): void | Promise<void>;
}

const KINDS: readonly MessageKind[] = ['offer', 'answer', 'candidate', 'leave', 'expire'];

// By key, so that a reason that is forgotten here does not compile.
const REFUSALS: { readonly [R in OpenRefusal['reason']]: Extract<OpenRefusal, { reason: R }> } = {
  'credentials-missing': { reason: 'credentials-missing' },
  'key-unknown': { reason: 'key-unknown' },
  'peer-id-empty': { reason: 'peer-id-empty' },
  'peer-id-too-long': { reason: 'peer-id-too-long', limit: 128 },
  'peer-id-unprintable': { reason: 'peer-id-unprintable' },
  'id-taken': { reason: 'id-taken' },
  'realm-full': { reason: 'realm-full' },
};

const ENDINGS: Record<Ending, true> = {
  left: true,
  superseded: true,
  silent: true,
  malformed: true,
  flooding: true,
  restarting: true,
  fault: true,
};

const OUTCOMES: readonly HttpOutcome[] = [
  { gave: 'description' },
  { gave: 'peer-id', id: '😀 "<id>" \\' },
  { gave: 'peers', ids: [] },
  { gave: 'peers', ids: ['ann', '__proto__', '\u2028"'] },
  { gave: 'refusal', reason: 'key-unknown' },
  { gave: 'refusal', reason: 'discovery-off' },
];

/** Any bytes, any text, and what the dialect understands with a few bytes wrong. */
function frames({ frames }: DialectSubject): fc.Arbitrary<Uint8Array> {
  const known = fc.constantFrom(...frames).map((text) => Uint8Array.from(Buffer.from(text)));
  const bitten = fc
    .tuple(known, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
    .map(([bytes, bites, end]) => {
      for (const [place, byte] of bites) bytes[place % bytes.length] = byte;
      return end % 3 === 0 ? bytes.subarray(0, end % bytes.length) : bytes;
    });
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), known, bitten, text(fc.string({ unit: 'binary' })), text(fc.json()));
}

function text(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  return arbitrary.map((written) => Uint8Array.from(Buffer.from(written)));
}

/** Text that lies close to some that means something. */
function targets(known: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc.constantFrom(...known, '/', '?', '&', '=', '%', '%zz', '%C3', '%2F', '+', '\u0000', '..');
  const joined = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 6 }).map((all) => all.join(''));
  return fc.oneof(fc.string({ unit: 'binary' }), joined);
}

/** Ids as they can stand in a message: a destination that a sender wrote can be any text. */
const PEERS = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 128 }),
    fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '"', '\\', '\u2028', 'a'), minLength: 1, maxLength: 20 }),
  )
  .map((id) => id as PeerId);

const MESSAGES: fc.Arbitrary<SignalMessage> = fc.record({
  kind: fc.constantFrom(...KINDS),
  from: PEERS,
  to: PEERS,
  payload: fc.option(text(fc.json()), { nil: undefined }),
});

export const CLAUSES: readonly Clause[] = [
  {
    name: 'promise 6: no frame makes it throw, as text or as binary',
    run(subject) {
      const dialect = subject.make();
      const property = fc.property(frames(subject), fc.boolean(), (bytes, isBinary) => void dialect.decode(bytes, isBinary));
      fc.assert(property, { numRuns: 2_000 });
    },
  },
  {
    name: 'promise 6: no path and no query makes it throw',
    run(subject) {
      const dialect = subject.make();
      fc.assert(
        fc.property(targets(subject.paths), targets(subject.queries), (path, query) => {
          dialect.opensAt(path);
          dialect.routes(path);
          dialect.credentials(query);
        }),
        { numRuns: 1_000 },
      );
    },
  },
  {
    name: 'the same bytes give the same answer, whatever came before',
    run(subject) {
      const dialect = subject.make();
      const property = fc.property(frames(subject), frames(subject), fc.boolean(), (bytes, between, isBinary) => {
        dialect.decode(between, isBinary);
        expect(plain(dialect.decode(bytes, isBinary))).toEqual(plain(subject.make().decode(bytes, isBinary)));
      });
      fc.assert(property, { numRuns: 500 });
    },
  },
  {
    name: 'a payload is a view on the bytes that were read, wherever they lie, and the bytes stay as they are',
    run(subject) {
      const dialect = subject.make();
      let payloads = 0;
      for (const frame of subject.frames.map((written) => Buffer.from(written))) {
        const memory = new Uint8Array(frame.length + 20).fill(0x20);
        memory.set(frame, 7);
        const before = memory.slice();
        const request = dialect.decode(memory.subarray(7, 7 + frame.length), false);
        expect(memory).toEqual(before);
        if (request.ask !== 'relay' || request.payload === undefined) continue;
        payloads += 1;
        expect(request.payload.buffer).toBe(memory.buffer);
        expect(request.payload.byteOffset).toBeGreaterThanOrEqual(7);
        expect(request.payload.byteOffset + request.payload.length).toBeLessThanOrEqual(7 + frame.length);
      }
      expect(payloads).toBeGreaterThan(0);
    },
  },
  {
    name: 'what it writes is UTF-8, whoever it names',
    run(subject) {
      const dialect = subject.make();
      fc.assert(fc.property(MESSAGES, (message) => isUtf8(dialect.encode(message))));
    },
  },
  {
    name: 'M2: what it writes and reads back is the same message: kind, destination, and the payload byte for byte',
    run(subject) {
      const dialect = subject.make();
      const readable = MESSAGES.filter(({ kind }) => subject.readsBack.includes(kind));
      const property = fc.property(readable, fc.boolean(), (message, isBinary) => {
        const written = dialect.encode(message).slice();
        const { kind, to, payload } = message;
        expect(plain(dialect.decode(written, isBinary))).toEqual(plain({ ask: 'relay', kind, to, payload }));
      });
      fc.assert(property, { numRuns: 1_000 });
    },
  },
  {
    name: 'what it writes to one peer does not depend on what it wrote before',
    run(subject) {
      const [used, fresh] = [subject.make(), subject.make()];
      const property = fc.property(MESSAGES, MESSAGES, (before, message) => {
        used.encode(before);
        const written = Buffer.from(used.encode(message)).toString('hex');
        expect(written).toBe(Buffer.from(fresh.encode(message)).toString('hex'));
      });
      fc.assert(property, { numRuns: 300 });
    },
  },
  {
    name: 'bytes that it gave out stay as they are until its next call, whatever another one of its kind does',
    async run(subject) {
      const [dialect, other] = [subject.make(), subject.make()];
      for (const message of fc.sample(MESSAGES, 20)) {
        const bytes = dialect.encode(message);
        const written = Buffer.from(bytes).toString('hex');
        for (const another of fc.sample(MESSAGES, 5)) other.encode(another);
        other.decode(Buffer.from(subject.frames[0] ?? ''), false);
        await turn();
        expect(Buffer.from(bytes).toString('hex')).toBe(written);
      }
    },
  },
  {
    name: 'its welcome and its farewells are always the same',
    run(subject) {
      const dialect = subject.make();
      const before = JSON.stringify([dialect.welcome(), ...farewells(dialect)]);
      for (const message of fc.sample(MESSAGES, 50)) dialect.encode(message);
      expect(JSON.stringify([dialect.welcome(), ...farewells(dialect)])).toBe(before);
    },
  },
  {
    name: 'every refusal and every ending has a farewell: UTF-8, a close code that may be sent, a reason that fits a close frame',
    run(subject) {
      const dialect = subject.make();
      for (const { frame, code, why } of farewells(dialect)) {
        expect(frame === undefined || (frame.length > 0 && isUtf8(frame))).toBe(true);
        expect(mayBeSent(code), `${code}`).toBe(true);
        expect(why.length).toBeGreaterThan(0);
        expect(Buffer.byteLength(why)).toBeLessThanOrEqual(123);
      }
      const welcome = dialect.welcome();
      expect(welcome === undefined || (welcome.length > 0 && isUtf8(welcome))).toBe(true);
    },
  },
  {
    name: 'every HTTP outcome has an answer that can be sent',
    run(subject) {
      const dialect = subject.make();
      for (const outcome of OUTCOMES) {
        const { status, headers, body } = dialect.answer(outcome);
        expect(status, outcome.gave).toBeGreaterThanOrEqual(200);
        expect(status, outcome.gave).toBeLessThan(600);
        if (body !== '') expect(headers.some(([name]) => name === 'content-type')).toBe(true);
        for (const [name, value] of headers) {
          expect(name).toMatch(/^[a-z0-9-]+$/);
          expect(name).not.toBe('content-length');
          expect(value).toMatch(/^[\x20-\x7e]*$/);
        }
      }
    },
  },
];

/** Holds one dialect to all promises of its port. */
export function dialectContract(name: string, subject: DialectSubject): void {
  describe(`dialect ${name}`, () => {
    it('is called so', () => expect(subject.make().name).toBe(name));
    for (const clause of CLAUSES) it(clause.name, () => clause.run(subject));
  });
}

function farewells(dialect: Dialect): Farewell[] {
  const refusals = Object.values(REFUSALS).map((refusal) => dialect.refusal(refusal));
  const endings = (Object.keys(ENDINGS) as Ending[]).map((ending) => dialect.farewell(ending));
  return [...refusals, ...endings];
}

/** RFC 6455, 7.4: others are reserved, or only ever told to a program by its own side. */
function mayBeSent(code: number): boolean {
  const isDefined = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isDefined || (code >= 3000 && code <= 4999);
}

/** A request whose payload compares by its bytes, whatever holds them. */
function plain(request: object): unknown {
  const payload = 'payload' in request ? (request.payload as Uint8Array | undefined) : undefined;
  return { ...request, payload: payload === undefined ? undefined : Buffer.from(payload).toString('hex') };
}
