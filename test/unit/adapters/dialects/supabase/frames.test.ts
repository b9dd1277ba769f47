import { describe, expect, it } from 'vitest';
import { ownDraft } from '../../../../../src/adapters/dialects/supabase/broadcasts.ts';
import type { FrameHead, Version } from '../../../../../src/adapters/dialects/supabase/client-frames.ts';
import {
  closeMessage,
  errorReply,
  message,
  okReply,
  push,
  systemError,
} from '../../../../../src/adapters/dialects/supabase/frames.ts';
import type { Draft, Publication, TopicName } from '../../../../../src/domain/topic.ts';

const HEAD: FrameHead = { version: 2, joinRef: '1', ref: '2', topic: 'realtime:a' };

const json = (frame: Uint8Array | undefined): unknown =>
  frame === undefined ? undefined : JSON.parse(Buffer.from(frame).toString());

function publication({ topics, payload, form, extra }: Draft): Publication {
  const rest = { id: '1', type: undefined, retry: undefined, isPrivate: false, from: undefined };
  return { ...rest, payload, form, extra, topics: topics as TopicName[] };
}

function pushed(draft: Omit<Draft, 'topics'>, version: Version = 2, name = 'p:a'): unknown {
  return json(push(version, name, publication({ topics: ['a'], ...draft })));
}

describe('frames to a Supabase client', () => {
  it('SB2: have the form of the version', () => {
    expect(json(message(HEAD, 'event', { a: 1 }))).toEqual(['1', '2', 'realtime:a', 'event', { a: 1 }]);
    expect(json(message({ ...HEAD, version: 1 }, 'event', {}))).toEqual({
      ...{ topic: 'realtime:a', event: 'event', payload: {}, ref: '2', join_ref: '1' },
    });
  });

  it('SB3, SB5, SB6, SB12: replies, the end of a channel and an error of the system', () => {
    const frames = [
      okReply(HEAD),
      okReply(HEAD, { a: 1 }),
      errorReply(HEAD, 'why'),
      closeMessage(HEAD),
      systemError(HEAD, 'a', 'why'),
    ];
    const reply = (status: string, response: object): unknown => ['1', '2', 'realtime:a', 'phx_reply', { status, response }];
    expect(frames.map(json)).toEqual([
      reply('ok', {}),
      reply('ok', { a: 1 }),
      reply('error', { reason: 'why' }),
      ['1', '1', 'realtime:a', 'phx_close', {}],
      ['1', null, 'realtime:a', 'system', { extension: 'system', status: 'error', message: 'why', channel: 'a' }],
    ]);
  });

  it.each([
    [{ payload: Uint8Array.of(0, 255), form: 'bytes' }, [0, 255]],
    [{ payload: Buffer.from('AP8=') }, [0, 255]],
    [{ payload: Buffer.from('[0, 255]'), form: 'json' }, [0, 255]],
  ] as const)('SB17, T12: a publication of another wire is a message of Peerix: %j', (draft, bytes) => {
    const broadcast = { type: 'broadcast', event: 'message', payload: ['a', bytes] };
    expect(pushed(draft)).toEqual([null, null, 'realtime:p:a', 'broadcast', broadcast]);
    expect(pushed(draft, 1)).toEqual({
      ...{ topic: 'realtime:p:a', event: 'broadcast', payload: broadcast, ref: null, join_ref: null },
    });
  });

  it('T12: a payload without bytes is not sent', () => {
    expect(pushed({ payload: Buffer.from('no base64') })).toBeUndefined();
    expect(pushed({ payload: Buffer.from('{"a":1}'), form: 'json' })).toBeUndefined();
    expect(
      pushed({ payload: new Uint8Array(), form: 'extra', extra: { dialect: 'nats', bytes: Uint8Array.of(1) } }),
    ).toBeUndefined();
  });

  it('SB9: a broadcast of this wire is sent with its event and its JSON byte for byte', () => {
    const draft = ownDraft('a', { event: 'no"te', isJson: true, payload: Buffer.from('{"a" : 1.0}') }, false);
    const frame = Buffer.from(push(2, 'a', publication(draft)) ?? '').toString();
    expect(frame).toBe('[null,null,"realtime:a","broadcast",{"type":"broadcast","event":"no\\"te","payload":{"a" : 1.0}}]');
  });

  it('SB9: bytes are sent in a binary frame, and only to version 2.0.0', () => {
    const own = publication(ownDraft('a', { event: 'note', isJson: false, payload: Uint8Array.of(9) }, false));
    const frame = Buffer.from(push(2, 'a', own) ?? '').toString('latin1');
    expect(frame).toBe('\x04\x0a\x04\x00\x00realtime:anote\t');
    expect(push(1, 'a', own)).toBeUndefined();
  });

  it('SB8: nothing is sent under a name that is too long', () => {
    const draft = { payload: Uint8Array.of(1), form: 'bytes' } as const;
    expect(pushed(draft, 2, 'a'.repeat(246))).toBeDefined();
    expect(pushed(draft, 2, 'a'.repeat(247))).toBeUndefined();
  });
});
