import { describe, expect, it } from 'vitest';
import { errorReply, PING, push, reply } from '../../../../../src/adapters/dialects/centrifuge/frames.ts';
import type { PayloadForm, Publication, TopicName } from '../../../../../src/domain/topic.ts';

function pushed(payload: string | Uint8Array, form?: PayloadForm, channel = 'garden'): string | undefined {
  const publication: Publication = {
    ...{ id: '1', topics: ['garden' as TopicName], payload: Buffer.from(payload), form },
    ...{ type: undefined, retry: undefined, isPrivate: false, from: undefined },
  };
  const frame = push(channel, publication);
  return frame === undefined ? undefined : Buffer.from(frame).toString();
}

const text = (frame: Uint8Array): string => Buffer.from(frame).toString();

describe('frames of Centrifuge', () => {
  it('CF2, CF5, CF12: are replies, errors and pings', () => {
    expect(text(reply(2, 'subscribe'))).toBe('{"id":2,"subscribe":{}}');
    expect(text(errorReply(3, { code: 108, message: 'not available' }))).toBe(
      '{"id":3,"error":{"code":108,"message":"not available"}}',
    );
    expect(JSON.parse(text(errorReply(3, { code: 100, message: 'a', temporary: true }, 'b')))).toEqual({
      id: 3,
      error: { code: 100, message: 'b', temporary: true },
    });
    expect(text(PING)).toBe('{}');
  });

  it('CF8: a push has the JSON of the publisher, byte for byte', () =>
    expect(pushed('{ "a":1.50 }', 'json')).toBe('{"push":{"channel":"garden","pub":{"data":{ "a":1.50 }}}}'));

  it('CF14: bytes are a list of numbers, and so is text that is base64', () => {
    expect(pushed(Uint8Array.of(0, 10, 255), 'bytes')).toBe('{"push":{"channel":"garden","pub":{"data":[0,10,255]}}}');
    expect(pushed('AAr/')).toBe('{"push":{"channel":"garden","pub":{"data":[0,10,255]}}}');
    expect(pushed('')).toBe('{"push":{"channel":"garden","pub":{"data":[]}}}');
  });

  it.each(['AQI', 'hello, world', '\u{1f600}'])('CF14: text %j does not exist here', (payload) =>
    expect(pushed(payload)).toBeUndefined(),
  );

  it('CF15: a channel of more than 255 bytes does not exist here', () => {
    expect(pushed('1', 'json', 'ä'.repeat(128))).toBeUndefined();
    expect(pushed('1', 'json', `a${'ä'.repeat(127)}`)).toContain('"data":1');
  });

  it('W9: no channel and no JSON of another wire begins a second line', () => {
    const frame = pushed('{\n"a":\r\n[1,\n2]}', 'json', 'a\n{"id":1}"\u2028');
    expect(frame).not.toContain('\n');
    expect(JSON.parse(frame ?? '')).toEqual({ push: { channel: 'a\n{"id":1}"\u2028', pub: { data: { a: [1, 2] } } } });
  });
});
