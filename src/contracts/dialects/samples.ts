import fc from 'fast-check';
import type { HttpHead, HttpOutcome, HttpRefusal } from '../../application/ports/requests.ts';
import type { PeerId } from '../../domain/ids.ts';
import type { Member, MemberList } from '../../domain/member.ts';
import type { MessageKind, SignalMessage } from '../../domain/message.ts';
import type { Ending, OpenRefusal } from '../../domain/refusal.ts';
import type { RequestRefusal, TopicEvent, TopicName } from '../../domain/topic.ts';
import { CODE_POINT } from './code-points.ts';
import type { DialectSubject, SampleFrame } from './subject.ts';

const KINDS: readonly MessageKind[] = ['offer', 'answer', 'candidate', 'leave', 'expire'];

// A record by reason, so that a missing reason does not compile.
export const REFUSALS: { readonly [R in OpenRefusal['reason']]: Extract<OpenRefusal, { reason: R }> } = {
  'credentials-missing': { reason: 'credentials-missing' },
  'key-unknown': { reason: 'key-unknown' },
  'peer-id-empty': { reason: 'peer-id-empty' },
  'peer-id-too-long': { reason: 'peer-id-too-long', limit: 128 },
  'peer-id-unprintable': { reason: 'peer-id-unprintable' },
  'id-taken': { reason: 'id-taken' },
  'realm-full': { reason: 'realm-full' },
  'too-many-realms': { reason: 'too-many-realms', limit: 10 },
  'token-missing': { reason: 'token-missing' },
  'token-invalid': { reason: 'token-invalid', detail: 'signature' },
  'token-expired': { reason: 'token-expired' },
  'token-early': { reason: 'token-early' },
  'realm-not-granted': { reason: 'realm-not-granted' },
  'id-not-granted': { reason: 'id-not-granted', id: '"ann"\u2028'.repeat(20) as PeerId },
  'id-reserved': { reason: 'id-reserved' },
  'not-admitted': { reason: 'not-admitted', message: '\u{1f600}'.repeat(120) },
  'authorizer-unreachable': { reason: 'authorizer-unreachable' },
  banned: { reason: 'banned' },
};

export const ENDINGS: Record<Ending, true> = {
  left: true,
  superseded: true,
  silent: true,
  malformed: true,
  flooding: true,
  overreaching: true,
  hoarding: true,
  restarting: true,
  expired: true,
  removed: true,
  fault: true,
};

export const OUTCOMES: readonly HttpOutcome[] = [
  { kind: 'description' },
  { kind: 'peer-id', id: '😀 "<id>" \\' },
  { kind: 'peers', list: JSON.stringify([]) },
  { kind: 'peers', list: JSON.stringify(['ann', '__proto__', '\u2028"']) },
  { kind: 'publication', id: 'urn:uuid:1' },
  { kind: 'sent' },
  {
    kind: 'request-description',
    seen: {
      ...{ address: '192.0.2.1', remoteAddress: '127.0.0.1', forwardedFor: '"\u2028', forwardedProto: undefined },
      ...{ host: '\u00e4', origin: 'null', upgrade: undefined, connection: 'close' },
    },
  },
];

export const HTTP_REFUSALS: Record<HttpRefusal, true> = {
  'key-unknown': true,
  'discovery-off': true,
  'sender-unknown': true,
  'topic-unusable': true,
  'too-many-topics': true,
  'realm-full': true,
  'too-many-realms': true,
  overloaded: true,
  'ice-unavailable': true,
  'token-missing': true,
  'token-invalid': true,
  'not-granted': true,
  'authorizer-unreachable': true,
};

/** A copy of the bytes of a frame. */
export function bytesOf(sample: SampleFrame): Uint8Array {
  return Uint8Array.from(typeof sample === 'string' ? Buffer.from(sample) : sample);
}

/** Any bytes, any text, and valid frames with a few wrong bytes. */
export function frames({ frames }: { readonly frames: readonly SampleFrame[] }): fc.Arbitrary<Uint8Array> {
  const known = fc.constantFrom<SampleFrame>(...(frames.length > 0 ? frames : ['{}'])).map(bytesOf);
  const mutated = fc
    .tuple(known, fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }), fc.nat())
    .map(([bytes, changes, end]) => {
      for (const [place, byte] of changes) bytes[place % bytes.length] = byte;
      return end % 3 === 0 ? bytes.subarray(0, end % bytes.length) : bytes;
    });
  return fc.oneof(fc.uint8Array({ maxLength: 200 }), known, mutated, text(fc.string({ unit: CODE_POINT })), text(fc.json()));
}

export function text(arbitrary: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  return arbitrary.map((written) => Uint8Array.from(Buffer.from(written)));
}

/** Text similar to valid text. */
export function targets(known: readonly string[]): fc.Arbitrary<string> {
  const pieces = fc.constantFrom(...known, '/', '?', '&', '=', '%', '%zz', '%C3', '%2F', '+', '\u0000', '..');
  const joined = fc.array(fc.oneof(pieces, fc.string()), { maxLength: 6 }).map((all) => all.join(''));
  return fc.oneof(fc.string({ unit: CODE_POINT }), joined);
}

/** Ids in a message. The destination from a sender can be any text. */
const PEERS = fc
  .oneof(
    fc.string({ unit: CODE_POINT, minLength: 1, maxLength: 128 }),
    fc.string({ unit: fc.constantFrom('\ud83d', '\ude00', '"', '\\', '\u2028', 'a'), minLength: 1, maxLength: 20 }),
  )
  .map((id) => id as PeerId);

export const MESSAGES: fc.Arbitrary<SignalMessage> = fc.record({
  kind: fc.constantFrom(...KINDS),
  from: PEERS,
  to: PEERS,
  payload: fc.option(text(fc.json()), { nil: undefined }),
});

export const REQUEST_REFUSALS: readonly RequestRefusal[] = [
  ...(['topic-unusable', 'too-many-topics', 'not-allowed', 'payload-too-large'] as const),
];

const TOPIC = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }).map((topic) => topic as TopicName);

/** A member may have any JSON as its payload, and any text as its key. */
const MEMBER: fc.Arbitrary<Member> = fc.record({
  ...{ ref: fc.uuid(), key: fc.string({ unit: CODE_POINT, maxLength: 20 }), client: fc.uuid(), user: fc.string() },
  payload: fc.option(text(fc.json()), { nil: undefined }),
});

function listOf(members: readonly Member[]): MemberList {
  return new Set(members);
}

/** All topic events, with payloads of publishers of the same space. */
export function eventsFor({ payloads }: Pick<DialectSubject, 'payloads'>): fc.Arbitrary<TopicEvent> {
  const payload = text(payloads === 'text' ? fc.oneof(fc.base64String(), fc.string()) : fc.json());
  const publication = fc.record({
    id: fc.string({ unit: 'grapheme-ascii' }),
    topics: fc.array(TOPIC, { minLength: 1, maxLength: 3 }),
    payload,
    type: fc.option(fc.string({ unit: 'grapheme-ascii' }), { nil: undefined }),
    retry: fc.option(fc.nat(), { nil: undefined }),
    isPrivate: fc.boolean(),
    from: fc.option(PEERS, { nil: undefined }),
    extra: fc.option(fc.record({ dialect: fc.constant('other'), bytes: fc.uint8Array({ maxLength: 20 }) }), { nil: undefined }),
  });
  return fc.oneof(
    fc.record({ event: fc.constant('publication' as const), publication, subscribers: fc.nat() }),
    fc.record({ event: fc.constant('present' as const), topic: TOPIC, peers: fc.array(PEERS) }),
    fc.record({ event: fc.constant('joined' as const), topic: TOPIC, peer: PEERS }),
    fc.record({ event: fc.constant('left' as const), topic: TOPIC, peer: PEERS, will: fc.option(payload, { nil: undefined }) }),
    fc.record({
      ...{ event: fc.constant('presence' as const), topic: TOPIC },
      ...{ joins: fc.array(MEMBER, { maxLength: 3 }), leaves: fc.array(MEMBER, { maxLength: 3 }) },
    }),
    fc.record({
      ...{ event: fc.constant('members' as const), topic: TOPIC, members: fc.array(MEMBER, { maxLength: 3 }).map(listOf) },
      receipt: fc.option(fc.nat(), { nil: undefined }),
    }),
    fc.record({ event: fc.constant('receipt' as const), receipt: fc.nat() }),
    fc.record({ event: fc.constant('refused' as const), receipt: fc.nat(), why: fc.constantFrom(...REQUEST_REFUSALS) }),
    fc.record({ event: fc.constant('pong' as const) }),
  );
}

/** Request heads with values similar to valid ones. */
export function heads({ queries }: DialectSubject): fc.Arbitrary<HttpHead> {
  const names = ['authorization', 'cookie', 'content-type', 'last-event-id', 'x-forwarded-for'];
  const fields = fc.dictionary(fc.constantFrom(...names), fc.oneof(fc.string(), fc.constantFrom('Bearer a.b.c', 'text/plain')));
  return fc
    .tuple(fc.constantFrom('GET', 'HEAD', 'POST'), targets(queries), fields)
    .map(([method, query, sent]) => ({ method, path: '/', query, header: (name) => sent[name] }));
}
