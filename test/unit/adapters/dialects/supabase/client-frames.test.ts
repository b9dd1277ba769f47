import { describe, expect, it } from 'vitest';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';
import { FrameReader } from '../../../../../src/adapters/dialects/supabase/client-frames.ts';
import { binaryPush } from '../../../../support/supabase-broker.ts';

const reader = new FrameReader(new TextCache());

function read(text: string): unknown {
  const frame = reader.read(Buffer.from(text), false);
  return frame && { ...frame, payload: Buffer.from(frame.payload).toString() };
}

function readBytes(bytes: Uint8Array): unknown {
  const frame = reader.read(bytes, true);
  return frame && { ...frame, payload: Buffer.from(frame.payload).toString('latin1') };
}

describe('frames of a Supabase client', () => {
  it('SB2: version 2.0.0 is a list of five, with the payload as it was written', () =>
    expect(read(' ["1", "2","realtime:a","phx_join",{"a" :1.0}]')).toEqual({
      ...{ kind: 'text', version: 2, joinRef: '1', ref: '2', topic: 'realtime:a', event: 'phx_join', payload: '{"a" :1.0}' },
    }));

  it('SB2: version 1.0.0 is an object, with or without join_ref', () => {
    const frame = { kind: 'text', version: 1, joinRef: null, ref: '2', topic: 'phoenix', event: 'heartbeat', payload: '{}' };
    expect(read('{"topic":"phoenix","event":"heartbeat","payload":{},"ref":"2"}')).toEqual(frame);
    expect(read('{"ref":"2","join_ref":null,"topic":"phoenix","event":"heartbeat","payload":{}}')).toEqual(frame);
  });

  it.each([
    ...['', ' ', 'text', '1', 'null', '[]', '{}', '[null,null,"a","b"]', '[null,null,"a","b",{},1]', '[null,null,"a","b",{}]x'],
    ...['[null,null,"a","b",{]', '[1,null,"a","b",{}]', '[null,2,"a","b",{}]', '[null,null,null,"b",{}]', '[null,null,"a",1,{}]'],
    ...['{"topic":"a","event":"b"}', '{"topic":"a","payload":1}', '{"topic":1,"event":"b","payload":1}'],
    `["${'a'.repeat(256)}",null,"a","b",{}]`,
    `[null,"${'ä'.repeat(128)}","a","b",{}]`,
    `[null,null,"a","${'a'.repeat(256)}",{}]`,
  ])('SB2: reads no other text: %j', (text) => expect(read(text)).toBeUndefined());

  it('SB8: a binary frame is a broadcast of JSON or bytes', () => {
    const head = { kind: 'broadcast', version: 2, joinRef: '1', ref: '2', topic: 'realtime:ä', event: 'note', persists: false };
    const texts = ['1', '2', 'realtime:ä', 'note'];
    expect(readBytes(binaryPush(texts, '{"a":1}'))).toEqual({ ...head, isJson: true, payload: '{"a":1}' });
    expect(readBytes(binaryPush(texts, Uint8Array.of(0, 255)))).toEqual({ ...head, isJson: false, payload: '\0ÿ' });
    const other = binaryPush(['', '', 'realtime:ä', 'note'], '1', '{"persist":true}');
    expect(readBytes(other)).toEqual({ ...head, joinRef: null, ref: null, persists: true, isJson: true, payload: '1' });
  });

  it('SB8: reads no other bytes', () => {
    const whole = binaryPush(['1', '2', 'realtime:a', 'note'], '{"a":1}');
    const bad = [
      ...[new Uint8Array(), Uint8Array.of(3), Buffer.from('[null,null,"a","b",{}]'), whole.subarray(0, 12)],
      ...[whole.with(0, 4), whole.with(6, 2), whole.with(whole.length - 1, 0x7b), whole.with(9, 0xff)],
      binaryPush(['1', '2', 'realtime:a', 'note'], 'no JSON'),
      binaryPush(['1', '2', 'realtime:a', 'note'], ''),
    ];
    for (const bytes of bad) expect(readBytes(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('SB11: knows JSON in UTF-8', () => {
    const values = ['1', ' [1] ', '', '1 2', '{'].map((text) => reader.isJson(Buffer.from(text)));
    expect([...values, reader.isJson(Uint8Array.of(0x22, 0xff, 0x22))]).toEqual([true, true, false, false, false, false]);
  });
});
