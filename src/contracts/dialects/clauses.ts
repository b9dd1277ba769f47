import { isUtf8 } from 'node:buffer';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect } from '../expect.ts';
import type { Dialect, CloseFrame, TokenNotice } from '../../application/ports/dialect.ts';
import type { HttpResponse } from '../../application/ports/http.ts';
import type { HttpAction, HttpRefusal, ValidToken } from '../../application/ports/requests.ts';
import type { PeerId } from '../../domain/ids.ts';
import type { Ending } from '../../domain/refusal.ts';
import { NEVER } from '../../domain/time.ts';
import { CODE_POINT } from './code-points.ts';
import { REFUSALS, ENDINGS, OUTCOMES, HTTP_REFUSALS, frames, text, targets, MESSAGES, eventsFor, heads } from './samples.ts';
import type { Clause, ClauseName } from './subject.ts';

/** Follows a request through all its steps. @returns the last step. */
function followSteps(action: HttpAction, body: Uint8Array, claims: ValidToken | undefined): HttpAction {
  if (action.action === 'read-body') return followSteps(action.then(body), body, claims);
  if (action.action === 'verify-token') return followSteps(action.then(claims), body, claims);
  return action;
}

/** A token with these claims; undefined if they are not an object. */
function tokenWith(claims: unknown): ValidToken | undefined {
  const isObject = typeof claims === 'object' && claims !== null;
  return isObject ? { type: undefined, claims: claims as ValidToken['claims'], expiresAt: 1000 } : undefined;
}

export const CLAUSES: Readonly<Record<ClauseName, Clause>> = {
  'promise 6: decodes every frame without an exception, as text and as binary'(subject) {
    const dialect = subject.make();
    const property = fc.property(frames(subject), fc.boolean(), (bytes, isBinary) => void dialect.decode(bytes, isBinary));
    fc.assert(property, { numRuns: 2_000 });
  },
  'promise 6: accepts every path and every query without an exception'(subject) {
    const dialect = subject.make();
    fc.assert(
      fc.property(targets(subject.paths), targets(subject.queries), (path, query) => {
        dialect.servesWebSocketAt(path);
        dialect.route(path);
        dialect.connectRequest(query);
      }),
      { numRuns: 1_000 },
    );
  },
  'promise 6: handles every request without an exception, with any head, body and token claims'(subject) {
    const dialect = subject.make();
    const bodies = fc.oneof(fc.uint8Array(), text(fc.string({ unit: CODE_POINT })), text(targets(subject.bodies ?? ['a=b'])));
    const property = fc.property(
      fc.constantFrom(...subject.paths),
      heads(subject),
      bodies,
      fc.oneof(fc.anything(), fc.constant(undefined)),
      (path, head, body, claims) => {
        const route = dialect.route(path);
        if (route?.methods.includes(head.method) !== true) return;
        const action = followSteps(route.handle({ ...head, path }, 'none'), body, tokenWith(claims));
        if (action.action === 'respond') expect(faultsOf(action.response)).toEqual([]);
        if (action.action === 'open-stream') for (const start of [undefined, 'x']) action.head(start);
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  },
  'decodes equal bytes to equal requests, after any other frames'(subject) {
    const dialect = subject.make();
    const property = fc.property(frames(subject), frames(subject), fc.boolean(), (bytes, between, isBinary) => {
      dialect.decode(between, isBinary);
      expect(plain(dialect.decode(bytes, isBinary))).toEqual(plain(subject.make().decode(bytes, isBinary)));
    });
    fc.assert(property, { numRuns: 500 });
  },
  'M1: decodes a frame to the same request with any likely destination'(subject) {
    const dialect = subject.make();
    const property = fc.property(frames(subject), fc.boolean(), fc.string(), (bytes, isBinary, other) => {
      const expected = plain(dialect.decode(bytes, isBinary));
      const texts = Buffer.from(bytes).toString('latin1').split('"');
      for (const likely of [...texts, other]) expect(plain(dialect.decode(bytes, isBinary, likely))).toEqual(expected);
    });
    fc.assert(property, { numRuns: 500 });
  },
  'gives the payload of a message as a view on the frame, and does not change the frame'(subject) {
    const dialect = subject.make();
    let [payloads, messages] = [0, 0];
    for (const frame of subject.frames.map((written) => Buffer.from(written))) {
      const memory = new Uint8Array(frame.length + 20).fill(0x20);
      memory.set(frame, 7);
      const before = memory.slice();
      const request = dialect.decode(memory.subarray(7, 7 + frame.length), false);
      expect(memory).toEqual(before);
      if (request.action === 'relay') messages += 1;
      if (request.action !== 'relay' || request.payload === undefined) continue;
      payloads += 1;
      if (subject.lendsPayloads === true) continue;
      expect(request.payload.buffer).toBe(memory.buffer);
      expect(request.payload.byteOffset).toBeGreaterThanOrEqual(7);
      expect(request.payload.byteOffset + request.payload.length).toBeLessThanOrEqual(7 + frame.length);
    }
    expect(payloads > 0).toBe(messages > 0);
  },
  'encodes messages as UTF-8, with any ids'(subject) {
    const dialect = subject.make();
    fc.assert(fc.property(MESSAGES, (message) => isUtf8(dialect.encode(message) ?? Buffer.from(''))));
  },
  'encodes topic events as UTF-8 with any payload, and independently of earlier events'(subject) {
    const [used, fresh] = [subject.make(), subject.make()];
    const property = fc.property(eventsFor(subject), eventsFor(subject), (before, event) => {
      used.encodeEvent(before);
      const encoded = hex(used.encodeEvent(event));
      expect(isUtf8(Buffer.from(encoded, 'hex'))).toBe(true);
      expect(encoded).toBe(hex(fresh.encodeEvent(event)));
    });
    fc.assert(property, { numRuns: 1_000 });
  },
  'M2: decodes an encoded message to the same kind and destination, and the payload byte for byte'(subject) {
    const dialect = subject.make();
    // A filter that accepts no value would never end.
    if (subject.readsBack.length === 0) return;
    const readable = MESSAGES.filter(({ kind }) => subject.readsBack.includes(kind));
    const property = fc.property(readable, fc.boolean(), (message, isBinary) => {
      const written = (dialect.encode(message) ?? Buffer.from('')).slice();
      const { kind, to, payload } = message;
      expect(plain(dialect.decode(written, isBinary))).toEqual(plain({ action: 'relay', kind, to, payload }));
    });
    fc.assert(property, { numRuns: 1_000 });
  },
  'encodes a message independently of earlier messages'(subject) {
    const [used, fresh] = [subject.make(), subject.make()];
    const property = fc.property(MESSAGES, MESSAGES, (before, message) => {
      used.encode(before);
      expect(hex(used.encode(message))).toBe(hex(fresh.encode(message)));
    });
    fc.assert(property, { numRuns: 300 });
  },
  async 'keeps encoded bytes unchanged until its next call, also while another instance is used'(subject) {
    const [dialect, other] = [subject.make(), subject.make()];
    for (const message of fc.sample(MESSAGES, 20)) {
      const bytes = dialect.encode(message);
      const written = hex(bytes);
      for (const another of fc.sample(MESSAGES, 5)) other.encode(another);
      other.decode(Buffer.from(subject.frames[0] ?? ''), false);
      await turn();
      expect(hex(bytes)).toBe(written);
    }
  },
  'gives the same first and last messages on every call'(subject) {
    const dialect = subject.make();
    const allFrames = (): string => JSON.stringify([...openingFrames(dialect).map(hex), ...closeFrames(dialect)]);
    const before = allFrames();
    for (const message of fc.sample(MESSAGES, 50)) dialect.encode(message);
    expect(allFrames()).toBe(before);
  },
  'has a close frame for each refusal and ending: UTF-8, a code that may be sent, a reason of at most 123 bytes'(subject) {
    const dialect = subject.make();
    const isFrame = (frame: Uint8Array): boolean => frame.length > 0 && (dialect.sendsBinary === true || isUtf8(frame));
    for (const { frame, code, why } of closeFrames(dialect)) {
      expect(frame === undefined || isFrame(frame)).toBe(true);
      expect(isSendable(code), `${code}`).toBe(true);
      expect(why.length).toBeGreaterThan(0);
      expect(Buffer.byteLength(why)).toBeLessThanOrEqual(123);
    }
    for (const frame of openingFrames(dialect)) expect(frame === undefined || isFrame(frame)).toBe(true);
  },
  'has a valid HTTP response for each outcome'(subject) {
    const dialect = subject.make();
    const refusals = (Object.keys(HTTP_REFUSALS) as HttpRefusal[]).map((reason) => ({ kind: 'refusal', reason }) as const);
    for (const outcome of [...OUTCOMES, ...refusals]) {
      expect(faultsOf(dialect.httpResponse(outcome)), outcome.kind).toEqual([]);
    }
  },
};

function openingFrames(dialect: Dialect): (Uint8Array | undefined)[] {
  const openFrames = (['nothing', 'socket', 'stream'] as const).map((replaces) =>
    dialect.openFrame({ id: 'ann' as PeerId, replaces }),
  );
  return [...openFrames, dialect.streamPreamble(), dialect.keepAliveFrame(), ...tokenFrames(dialect)];
}

/** A7. */
function tokenFrames(dialect: Dialect): (Uint8Array | undefined)[] {
  const notices: readonly TokenNotice[] = [
    { notice: 'expiring', in: 59_999 },
    { notice: 'accepted', in: NEVER },
    ...ACCESS_REASONS.map((reason) => ({ notice: 'refused', refusal: REFUSALS[reason] }) as const),
  ];
  return notices.map((notice) => dialect.tokenFrame?.(notice));
}

const ACCESS_REASONS = ['token-missing', 'token-invalid', 'id-not-granted', 'not-admitted', 'authorizer-unreachable'] as const;

/** The faults of a response. */
function faultsOf({ status, headers, body }: HttpResponse): string[] {
  const wrong: string[] = [];
  if (!(status >= 200 && status < 600)) wrong.push(`status ${status}`);
  if (body !== '' && !headers.some(([name]) => name === 'content-type')) wrong.push('no content-type');
  for (const [name, value] of headers) {
    if (!/^[a-z0-9-]+$/.test(name) || name === 'content-length') wrong.push(`header ${name}`);
    if (!/^[\x20-\x7e]*$/.test(value)) wrong.push(`${name}: ${value}`);
  }
  return wrong;
}

export function hex(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('hex');
}

function closeFrames(dialect: Dialect): CloseFrame[] {
  const refusals = Object.values(REFUSALS).map((refusal) => dialect.refusal(refusal));
  const endings = (Object.keys(ENDINGS) as Ending[]).map((ending) => dialect.closeFrame(ending));
  return [...refusals, ...endings];
}

/** RFC 6455, 7.4: all other codes are reserved, or only reported locally. */
function isSendable(code: number): boolean {
  const isDefined = code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code);
  return isDefined || (code >= 3000 && code <= 4999);
}

/** A value for comparison: byte arrays as hexadecimal text, without functions. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { hex: hex(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? undefined : value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}
