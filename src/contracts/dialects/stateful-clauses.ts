import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import type { Conversation } from '../../application/ports/dialect.ts';
import type { ConversationRequest } from '../../application/ports/requests.ts';
import type { TopicEvent } from '../../domain/topic.ts';
import { expect } from '../expect.ts';
import { CLAUSES, hex, plain } from './clauses.ts';
import { bytesOf, eventsFor, frames, REQUEST_REFUSALS } from './samples.ts';
import { statelessForm } from './stateless-form.ts';
import type { SampleFrame, StatefulClause, StatefulClauseName, StatefulDialectSubject } from './subject.ts';

const MAX_BYTES = 400;
const SPACE = 0x20;

export const STATEFUL_CLAUSES: Readonly<Record<StatefulClauseName, StatefulClause>> = {
  'promise 6: reads any frames in any order without an exception, as text and as binary'(subject) {
    const any = fc.array(fc.tuple(frames({ frames: subject.scripts.flat() }), fc.boolean()), { maxLength: 4 });
    const property = fc.property(any, (received) => {
      const conversation = converse(subject);
      for (const [bytes, isBinary] of received) void conversation.read(bytes, isBinary).length;
    });
    fc.assert(property, { numRuns: 300 });
  },
  'promise 6: accepts every path, query, head and body without an exception'(subject) {
    const common = { ...subject, make: () => statelessForm(subject.make()), readsBack: [], frames: [] };
    void CLAUSES['promise 6: accepts every path and every query without an exception'](common);
    void CLAUSES['promise 6: handles every request without an exception, with any head, body and token claims'](common);
    void CLAUSES['has a valid HTTP response for each outcome'](common);
  },
  'has a close frame for each refusal and ending, before and after any frames'(subject) {
    const closes =
      CLAUSES['has a close frame for each refusal and ending: UTF-8, a code that may be sent, a reason of at most 123 bytes'];
    for (const script of [[], ...subject.scripts]) {
      const make = (): ReturnType<typeof statelessForm> =>
        statelessForm(subject.make(), (conversation) => readAll(conversation, script));
      void closes({ ...subject, make, readsBack: [], frames: [] });
    }
  },
  'W1: reads the same requests, wherever the frames are cut'(subject) {
    if (!subject.isStream) return;
    const cuts = fc.tuple(fc.constantFrom(...subject.scripts), fc.array(fc.nat(), { maxLength: 8 }));
    const property = fc.property(cuts, ([script, places]) => {
      const whole = wholeOf(script);
      const at = [0, ...places.map((place) => place % (whole.length + 1)).sort((one, other) => one - other), whole.length];
      const pieces = at.slice(1).map((end, index) => whole.subarray(at[index], end));
      expect(readEach(converse(subject), pieces)).toEqual(readEach(converse(subject), [whole]));
    });
    fc.assert(property, { numRuns: 500 });
  },
  'W1: keeps at most maxMessageBytes of an incomplete request'(subject) {
    const beginnings = subject.scripts.flat().map((sample) => bytesOf(sample).slice(0, -1));
    for (const beginning of [new Uint8Array(90).fill(0x61), new Uint8Array(90), ...beginnings]) {
      const conversation = converse(subject);
      for (let frame = 0; frame < 600; frame++) {
        conversation.read(beginning, frame % 2 === 1);
        expect(conversation.restBytes >= 0 && conversation.restBytes <= MAX_BYTES, `${conversation.restBytes} bytes`).toBe(true);
      }
    }
  },
  'W1: does not change a frame, and its requests stay the same after later frames'(subject) {
    const whole = subject.scripts.map((script) => script.map((sample) => bytesOf(sample)));
    const cut = subject.isStream ? subject.scripts.map(cutUp) : [];
    for (const script of [...whole, ...cut]) {
      const conversation = converse(subject);
      const kept: { readonly request: unknown; readonly before: unknown }[] = [];
      for (const bytes of script) {
        const before = bytes.slice();
        for (const request of [...conversation.read(bytes, isBinary(subject))]) kept.push({ request, before: plain(request) });
        expect(bytes).toEqual(before);
      }
      for (const { request, before } of kept) expect(plain(request)).toEqual(before);
    }
  },
  'W2: reads and encodes each connection by its own state'(subject) {
    const scripts = fc.tuple(fc.constantFrom(...subject.scripts), fc.constantFrom(...subject.scripts));
    const property = fc.property(scripts, eventsFor(subject), ([mine, other], event) => {
      const dialect = subject.make();
      const [one, two] = [dialect.converse({ maxMessageBytes: MAX_BYTES }), dialect.converse({ maxMessageBytes: MAX_BYTES })];
      const read: unknown[] = [];
      for (const [index, sample] of mine.entries()) {
        readAll(two, other.slice(index, index + 1));
        read.push(...readSample(one, sample).map(plain));
      }
      const alone = converse(subject);
      expect(read).toEqual(mine.flatMap((sample) => readSample(alone, sample).map(plain)));
      expect(hex(one.encodeEvent(event))).toBe(hex(alone.encodeEvent(event)));
    });
    fc.assert(property, { numRuns: 300 });
  },
  'W2: conversations with the same voice encode a publication to the same bytes'(subject) {
    const scripts = fc.tuple(fc.constantFrom(...subject.scripts), fc.constantFrom(...subject.scripts));
    const property = fc.property(scripts, publications(subject), ([mine, other], event) => {
      const dialect = subject.make();
      const [one, two] = [dialect.converse({ maxMessageBytes: MAX_BYTES }), dialect.converse({ maxMessageBytes: MAX_BYTES })];
      readAll(one, mine);
      readAll(two, other);
      if (one.voice === two.voice) expect(hex(one.encodeEvent(event))).toBe(hex(two.encodeEvent(event)));
      else expect(hex(one.encodeEvent(event)), 'the same event twice').toBe(hex(one.encodeEvent(event)));
    });
    fc.assert(property, { numRuns: 300 });
  },
  'W3: introduces a newcomer once, and before any other request'(subject) {
    const dialect = subject.make();
    if (!subject.queries.some((query) => dialect.connectRequest(query).as === 'newcomer')) return;
    for (const script of subject.scripts) {
      const conversation = converse(subject);
      const requests = script.flatMap((sample) => [...readSample(conversation, sample)]);
      const shown = wholeOf(script).toString();
      expect(requests.filter(({ action }) => action === 'introduce').length, shown).toBe(1);
      expect(requests.find(({ action }) => action !== 'heartbeat' && action !== 'reply')?.action, shown).toBe('introduce');
    }
  },
  'W5: answers each request with a number: a receipt, or each reason of a refusal'(subject) {
    const dialect = subject.make();
    for (const script of subject.scripts) {
      const conversation = converse(subject);
      for (const { receipt } of script.flatMap((sample) => readSample(conversation, sample).flatMap(withReceipt))) {
        const confirmation = conversation.encodeEvent({ event: 'receipt', receipt });
        if (subject.confirmsRequests !== false) expect(confirmation?.length ?? 0).toBeGreaterThan(0);
        if (dialect.refusesRequests !== true) continue;
        const refusals = REQUEST_REFUSALS.map((why) => conversation.encodeEvent({ event: 'refused', receipt, why }));
        expect(refusals.filter((frame) => frame === undefined || frame.length === 0)).toEqual([]);
      }
    }
  },
  'W6: encodes events as UTF-8, unless its frames are binary'(subject) {
    const { sendsBinary = false } = subject.make();
    if (sendsBinary === true) return;
    const conversation = converse(subject);
    const property = fc.property(eventsFor(subject), (event) => {
      const frame = conversation.encodeEvent(event) ?? Buffer.from('');
      return isUtf8(frame) || (sendsBinary === 'by-first-byte' && (frame[0] ?? SPACE) < SPACE);
    });
    fc.assert(property, { numRuns: 500 });
  },
  'W7: grants only a subprotocol that the client offers'(subject) {
    const offers = fc.array(fc.oneof(fc.string(), fc.constantFrom(...(subject.subprotocols ?? ['mqtt']))));
    const isOffered = (offered: string[]): boolean => {
      const granted = subject.make().subprotocol?.(offered);
      return granted === undefined || offered.includes(granted);
    };
    fc.assert(fc.property(offers, isOffered), { numRuns: 200 });
  },
};

function converse(subject: StatefulDialectSubject): Conversation {
  return subject.make().converse({ maxMessageBytes: MAX_BYTES });
}

function readAll(conversation: Conversation, script: readonly SampleFrame[]): void {
  for (const sample of script) readSample(conversation, sample);
}

/** Text is a text frame, and bytes are a binary one. */
function readSample(conversation: Conversation, sample: SampleFrame): readonly ConversationRequest[] {
  return conversation.read(bytesOf(sample), typeof sample !== 'string');
}

function wholeOf(script: readonly SampleFrame[]): Buffer {
  return Buffer.concat(script.map(bytesOf));
}

function isBinary({ scripts }: StatefulDialectSubject): boolean {
  return scripts.some((script) => script.some((sample) => typeof sample !== 'string'));
}

function readEach(conversation: Conversation, pieces: readonly Uint8Array[]): unknown[] {
  return pieces.flatMap((bytes) => conversation.read(bytes, true).map(plain));
}

/** Pieces of three bytes. */
function cutUp(script: readonly SampleFrame[]): Uint8Array[] {
  const all = Uint8Array.from(wholeOf(script));
  return Array.from({ length: Math.ceil(all.length / 3) }, (_, n) => all.slice(3 * n, 3 * n + 3));
}

function publications(subject: StatefulDialectSubject): fc.Arbitrary<TopicEvent> {
  return eventsFor(subject).filter(({ event }) => event === 'publication');
}

function withReceipt(request: ConversationRequest): { readonly receipt: number }[] {
  return 'receipt' in request && request.receipt !== undefined ? [{ receipt: request.receipt }] : [];
}
