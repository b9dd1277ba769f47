import { describe, expect, it } from 'vitest';
import * as encoder from '../../../../../src/adapters/dialects/peero/encode.ts';
import { JoinedBytes } from '../../../../../src/adapters/dialects/shared/joined-bytes.ts';
import type { PeerId } from '../../../../../src/domain/ids.ts';
import type { SignalMessage } from '../../../../../src/domain/message.ts';
import type { TopicEvent, TopicName } from '../../../../../src/domain/topic.ts';

const { encodeHello } = encoder;
const joined = new JoinedBytes();
const encodeMessage = (message: SignalMessage): Uint8Array => encoder.encodeMessage(message, joined);
const encodeEvent = (event: TopicEvent): Uint8Array | undefined => encoder.encodeEvent(event, joined);
const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString();
const [ann, bob, topic] = ['ann' as PeerId, 'bob' as PeerId, 'garden' as TopicName];
const payload = Buffer.from('{"n":1e400}');

describe('encoded frames of Peero', () => {
  it('PEO1: contain the id of the new peer', () => expect(text(encodeHello('ann'))).toBe('{"type":"hello","peer":"ann"}'));

  it('PEO2, PEO5: list peers, announce new peers, and remove peers', () => {
    expect(text(encodeEvent({ event: 'present', topic, peers: [ann] }))).toBe('{"type":"peers","peers":["ann"]}');
    expect(text(encodeEvent({ event: 'joined', topic, peer: ann }))).toBe('{"type":"announce","peer":"ann"}');
    expect(text(encodeEvent({ event: 'left', topic, peer: ann, will: undefined }))).toBe('{"type":"remove","peer":"ann"}');
    expect(text(encodeEvent({ event: 'left', topic, peer: ann, will: payload }))).toBe(
      '{"type":"remove","peer":"ann","signal":{"n":1e400}}',
    );
  });

  it('PEO3, PEO4: contain signals byte for byte', () => {
    const publication = { id: '', topics: [topic], payload, type: undefined, retry: undefined, isPrivate: false, from: ann };
    expect(text(encodeEvent({ event: 'publication', publication, subscribers: 1 }))).toBe(
      '{"type":"offer","peer":"ann","signal":{"n":1e400}}',
    );
    expect(text(encodeMessage({ kind: 'answer', from: ann, to: bob, payload }))).toBe(
      '{"type":"answer","peer":"ann","signal":{"n":1e400}}',
    );
    expect(text(encodeMessage({ kind: 'candidate', from: ann, to: bob, payload: undefined }))).toBe(
      '{"type":"candidate","peer":"ann"}',
    );
  });

  it('PEO6: report messages that could not be delivered', () => {
    const notice = (kind: 'leave' | 'expire') =>
      JSON.parse(text(encodeMessage({ kind, from: ann, to: bob, payload: undefined }))) as object;
    expect([notice('leave'), notice('expire')]).toMatchObject([
      { type: 'remove', peer: 'ann' },
      { type: 'error', peer: 'ann' },
    ]);
  });

  it('do not exist for other events', () => expect(encodeEvent({ event: 'pong' })).toBeUndefined());
});
