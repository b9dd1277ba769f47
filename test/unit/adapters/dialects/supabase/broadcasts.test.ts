import { describe, expect, it } from 'vitest';
import { TextCache } from '../../../../../src/adapters/dialects/shared/text-cache.ts';
import {
  BroadcastReader,
  ownBroadcast,
  ownDraft,
  sharedDraft,
  type Broadcast,
} from '../../../../../src/adapters/dialects/supabase/broadcasts.ts';
import type { Draft, Publication, TopicName } from '../../../../../src/domain/topic.ts';

const reader = new BroadcastReader(new TextCache());

function written(json: string): unknown {
  const broadcast = reader.read(Buffer.from(json));
  return broadcast && { ...broadcast, payload: Buffer.from(broadcast.payload).toString() };
}

const message = (payload: string, event = 'message', isJson = true): Broadcast => ({
  ...{ event, isJson, payload: Uint8Array.from(Buffer.from(payload)) },
});

function published({ topics, payload, form, extra }: Draft): Publication {
  const rest = { id: '1', type: undefined, retry: undefined, isPrivate: false, from: undefined };
  return { ...rest, topics: topics as TopicName[], payload, form, extra };
}

describe('broadcasts of Supabase', () => {
  it('SB8, SB11: are objects with an event, and a payload as it was written', () => {
    expect(written('{"type":"broadcast","event":"note","payload":{"a" : 1.0}}')).toEqual({
      ...{ event: 'note', isJson: true, payload: '{"a" : 1.0}', persists: false, topic: undefined, isPrivate: false },
    });
    expect(written('{"event":"note","topic":"garden","private":true,"persist":{"ttl":1}}')).toEqual({
      ...{ event: 'note', isJson: true, payload: '{}', persists: true, topic: 'garden', isPrivate: true },
    });
    for (const json of ['[]', '1', '{}', '{"event":1}', `{"event":"${'a'.repeat(256)}"}`]) expect(written(json)).toBeUndefined();
  });

  it.each([
    ['["garden",[0,1,255]]', 'garden', [0, 1, 255]],
    ['[ "g\\u00e4rten" , [ 7 ] ]', 'gärten', [7]],
    ['["",[]]', '', []],
  ])('SB17: the payload %s of the event message is one of Peerix', (payload, topic, bytes) => {
    const peerix = reader.peerixMessage(message(payload));
    expect([peerix?.topic, [...(peerix?.bytes ?? [])]]).toEqual([topic, bytes]);
  });

  it('SB17: no other broadcast is one of Peerix', () => {
    const payloads = ['{}', '[]', '["a"]', '["a",1]', '["a",[256]]', '["a",[1.5]]', '["a",[1],2]', '[1,[1]]', '["a" [1]]', '"a"'];
    for (const payload of payloads) expect(reader.peerixMessage(message(payload))).toBeUndefined();
    expect(reader.peerixMessage(message('["a",[1]]', 'note'))).toBeUndefined();
    expect(reader.peerixMessage(message('["a",[1]]', 'message', false))).toBeUndefined();
  });

  it('SB11: a list of objects has an end and a limit', () => {
    const list = (json: string): unknown => reader.list(Buffer.from(json), 2)?.map((item) => Buffer.from(item).toString());
    expect([list(' [ {"a":[1]} , 2 ] '), list('[1,2,3]')]).toEqual([['{"a":[1]}', '2'], undefined]);
    for (const json of ['', '{}', '[]', '[1', '[1]2', '[1 2]', '[,]']) expect(list(json)).toBeUndefined();
  });

  it('T12, T13: a message of Peerix is for all wires, and any other broadcast for this one', () => {
    expect(sharedDraft({ topic: 'a', bytes: Uint8Array.of(1) }, true)).toEqual({
      ...{ topics: ['a'], payload: Uint8Array.of(1), form: 'bytes', isPrivate: true },
    });
    for (const broadcast of [message('{"a":1}', 'nöte'), message('\0ÿ', '', false)]) {
      const draft = ownDraft('a', broadcast, false);
      expect([draft.topics, draft.payload.length, draft.form]).toEqual([['a'], 0, 'extra']);
      const read = ownBroadcast(published(draft));
      expect({ ...read, payload: Uint8Array.from(read?.payload ?? []) }).toEqual(broadcast);
    }
  });

  it('T13: the extra of another wire is none of its broadcasts', () => {
    const publication = published(ownDraft('a', message('1'), false));
    expect(ownBroadcast({ ...publication, extra: { dialect: 'nats', bytes: new Uint8Array() } })).toBeUndefined();
    expect(ownBroadcast({ ...publication, form: 'bytes' })).toBeUndefined();
  });
});
