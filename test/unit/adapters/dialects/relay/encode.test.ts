import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../../src/adapters/dialects/relay/decode.ts';
import * as encoder from '../../../../../src/adapters/dialects/relay/encode.ts';
import { JoinedBytes } from '../../../../../src/adapters/dialects/shared/joined-bytes.ts';
import type { TopicEvent, Publication, TopicName } from '../../../../../src/domain/topic.ts';

const topic = 'garden' as TopicName;
const joined = new JoinedBytes();
const encodeEvent = (event: TopicEvent): Uint8Array | undefined => encoder.encodeEvent(event, joined);

/** The text that subscribers receive for a frame. */
function encodedOf(frame: string, subscribers = 3): string {
  const request = new Decoder().decode(Buffer.from(frame), false);
  if (request.action !== 'publish') throw new Error(`${frame} is not a publication`);
  const { payload, type } = request.draft;
  const publication: Publication = {
    id: '',
    topics: [topic],
    payload,
    type,
    retry: undefined,
    isPrivate: false,
    from: undefined,
  };
  return Buffer.from(encodeEvent({ event: 'publication', publication, subscribers }) ?? []).toString();
}

describe('encoded frames of the relay', () => {
  it('REL2: contain a publication byte for byte, and the number of subscribers', () => {
    const frame = '{ "type":"publish", "topic":"a\\u0062", "n":1e400, "n":12345678901234567890 }  ';
    expect(encodedOf(frame)).toBe('{ "type":"publish", "topic":"a\\u0062", "n":1e400, "n":12345678901234567890 ,"clients":3}');
  });

  it('REL2: override the clients member of the publisher', () => {
    expect(JSON.parse(encodedOf('{"type":"publish","topic":"a","clients":99}'))).toMatchObject({ clients: 3 });
  });

  it('REL4: contain topic and payload', () => {
    expect(encodedOf('{"type":"publish","topic":"a","payload":"x"}')).toBe('{"topic":"a","payload":"x"}');
  });

  it('REL1: contain a pong, and do not exist for other events', () => {
    expect(Buffer.from(encodeEvent({ event: 'pong' }) ?? []).toString()).toBe('{"type":"pong"}');
    const others: TopicEvent[] = [
      { event: 'receipt', receipt: 1 },
      { event: 'present', topic, peers: [] },
    ];
    expect(others.map(encodeEvent)).toEqual([undefined, undefined]);
  });
});
