import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextCache } from '../../../src/adapters/dialects/shared/text-cache.ts';
import { BroadcastReader } from '../../../src/adapters/dialects/supabase/broadcasts.ts';
import { FrameReader } from '../../../src/adapters/dialects/supabase/client-frames.ts';
import { SupabaseDialect } from '../../../src/adapters/dialects/supabase/dialect.ts';
import type { ConversationRequest } from '../../../src/application/ports/requests.ts';
import type { Draft, Publication, TopicName } from '../../../src/domain/topic.ts';
import { binaryPush } from '../../support/supabase-broker.ts';

const dialect = new SupabaseDialect({
  path: '/',
  prefixes: [],
  isToken: () => true,
  maxMessageBytes: 1_000_000,
  presenceMembers: 10,
});
const cache = new TextCache();
const [frames, broadcasts] = [new FrameReader(cache), new BroadcastReader(cache)];

const RUNS = { numRuns: 2_000 };
const NAME = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });
const EVENT = fc.string({ unit: 'grapheme', maxLength: 40 }).filter((event) => event !== 'message');
const BLANK = fc.constantFrom('', ' ', '\n', '\t\r');

/** The requests of a client that has joined a channel. */
function read(name: string, frame: string | Uint8Array): readonly ConversationRequest[] {
  const conversation = dialect.converse();
  conversation.read(Buffer.from(JSON.stringify(['1', '1', `realtime:${name}`, 'phx_join', {}])), false);
  return conversation.read(Buffer.from(frame as string), typeof frame !== 'string');
}

function pushOf(draft: Draft, version: 1 | 2): Uint8Array | undefined {
  const conversation = dialect.converse();
  if (version === 1) conversation.read(Buffer.from('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"1"}'), false);
  const publication: Publication = {
    ...{ id: '1', topics: draft.topics as TopicName[], payload: draft.payload, form: draft.form, extra: draft.extra },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
  return conversation.encodeEvent({ event: 'publication', publication, subscribers: 1 });
}

function draftIn(requests: readonly ConversationRequest[]): Draft {
  const [request] = requests;
  if (request?.action !== 'publish') return expect.fail(`read as ${request?.action}`);
  return request.draft;
}

const text = (frame: Uint8Array | undefined): string => Buffer.from(frame ?? []).toString();

it('SB8, SB9: delivers any JSON byte for byte, from both forms of a broadcast and to both versions', () => {
  fc.assert(
    fc.property(NAME, EVENT, fc.json(), BLANK, (name, event, json, blank) => {
      const topic = `realtime:${name}`;
      const inner = `{${blank}"type":"broadcast","event":${JSON.stringify(event)},"payload"${blank}:${json}${blank}}`;
      const written = `[${blank}"1","2",${JSON.stringify(topic)},"broadcast",${inner}]`;
      fc.pre(Buffer.byteLength(topic) <= 255);
      for (const frame of [written, binaryPush(['1', '2', topic, event], json)]) {
        const draft = draftIn(read(name, frame));
        expect(draft.topics).toEqual([name]);
        const broadcast = `{"type":"broadcast","event":${JSON.stringify(event)},"payload":${json}}`;
        expect(text(pushOf(draft, 2))).toBe(`[null,null,${JSON.stringify(topic)},"broadcast",${broadcast}]`);
        expect(JSON.parse(text(pushOf(draft, 1)))).toEqual({
          ...{ topic, event: 'broadcast', payload: JSON.parse(broadcast) as unknown, ref: null, join_ref: null },
        });
      }
    }),
    RUNS,
  );
});

it('SB9: delivers any bytes in a frame whose parts have the lengths before them', () => {
  fc.assert(
    fc.property(NAME, EVENT, fc.uint8Array(), (name, event, bytes) => {
      const topic = `realtime:${name}`;
      const frame = pushOf(draftIn(read(name, binaryPush(['1', '2', topic, event], bytes))), 2);
      const [kind, topicLength = 0, eventLength = 0, metadataLength, encoding, ...rest] = frame ?? [];
      expect([kind, metadataLength, encoding]).toEqual([4, 0, 0]);
      const parts = Buffer.from(rest);
      expect(parts.toString('utf8', 0, topicLength)).toBe(topic);
      expect(parts.toString('utf8', topicLength, topicLength + eventLength)).toBe(event);
      expect([...parts.subarray(topicLength + eventLength)]).toEqual([...bytes]);
    }),
    RUNS,
  );
});

it('SB17: a message of Peerix is bytes on the topic that it names, and bytes are such a message', () => {
  fc.assert(
    fc.property(NAME, NAME, fc.uint8Array(), BLANK, (channel, topic, bytes, blank) => {
      fc.pre([channel, topic].every((name) => Buffer.byteLength(name) <= 246));
      const json = `[${blank}${JSON.stringify(topic)}${blank},${blank}[${[...bytes].join(`${blank},`)}${blank}]]`;
      const draft = draftIn(read(channel, binaryPush(['1', '2', `realtime:${channel}`, 'message'], json)));
      expect([draft.topics, draft.form, [...draft.payload]]).toEqual([[topic], 'bytes', [...bytes]]);
      const pushed = JSON.parse(text(pushOf(draft, 2))) as unknown[];
      expect(pushed).toEqual([
        ...[null, null, `realtime:${topic}`, 'broadcast'],
        { type: 'broadcast', event: 'message', payload: [topic, [...bytes]] },
      ]);
    }),
    RUNS,
  );
});

it('SB2: agrees with a general parser on every text', () => {
  const ref = fc.oneof(fc.constant(null), fc.string({ maxLength: 5 }), fc.nat());
  const value = fc.oneof(fc.string(), fc.nat(), fc.constant(null), fc.dictionary(fc.string(), fc.nat()));
  const isRef = (one: unknown): boolean => one === null || typeof one === 'string';
  fc.assert(
    fc.property(ref, ref, value, value, value, fc.boolean(), (joinRef, ref, topic, event, payload, isOld) => {
      const frame = isOld ? { topic, event, payload, ref, join_ref: joinRef } : [joinRef, ref, topic, event, payload];
      const isFrame = isRef(joinRef) && isRef(ref) && typeof topic === 'string' && typeof event === 'string';
      const found = frames.read(Buffer.from(JSON.stringify(frame)), false);
      if (!isFrame) return void expect(found).toBeUndefined();
      expect({ ...found, payload: JSON.parse(text(found?.payload)) as unknown }).toEqual({
        ...{ kind: 'text', version: isOld ? 1 : 2, joinRef, ref, topic, event, payload },
      });
    }),
    RUNS,
  );
});

it('SB8: reads or refuses any bytes, and never beyond their end', () => {
  const lengths = fc.array(fc.nat(20), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(lengths, fc.nat(2), fc.uint8Array({ maxLength: 120 }), (sizes, encoding, rest) => {
      const bytes = Uint8Array.of(3, ...sizes, encoding, ...rest);
      const found = frames.read(bytes, true);
      const size = sizes.reduce((sum, one) => sum + one, 0);
      if (found === undefined) return;
      expect(encoding < 2 && rest.length >= size).toBe(true);
      expect(found.payload.length).toBe(rest.length - size);
    }),
    RUNS,
  );
});

it('SB17: only a topic and a list of byte numbers are a message of Peerix', () => {
  const item = fc.oneof(fc.integer({ min: -3, max: 300 }), fc.double(), fc.string(), fc.constant(null));
  const value = fc.oneof(
    fc.array(item),
    fc.tuple(fc.string(), fc.array(item)),
    fc.tuple(fc.string(), fc.array(fc.nat(255))),
    fc.jsonValue(),
  );
  fc.assert(
    fc.property(value, (payload) => {
      const [topic, list, ...more] = Array.isArray(payload) ? (payload as unknown[]) : [];
      // JSON writes -0 as 0.
      const isByte = (one: unknown): boolean => typeof one === 'number' && Number.isInteger(one) && one >= 0 && one <= 255;
      const isMessage = typeof topic === 'string' && Array.isArray(list) && list.every(isByte) && more.length === 0;
      const json = Buffer.from(JSON.stringify(payload));
      expect(broadcasts.peerixMessage({ event: 'message', isJson: true, payload: json }) !== undefined).toBe(isMessage);
    }),
    RUNS,
  );
});
