import { describe, expect, it } from 'vitest';
import { VERBATIM, Decoder } from '../../../../../src/adapters/dialects/relay/decode.ts';

const decoder = new Decoder();
const read = (text: string, isBinary = false) => decoder.decode(Buffer.from(text), isBinary);

describe('REL1: decoded frames of the relay', () => {
  it('are subscriptions, without topics that are not strings', () => {
    const selectors = [{ topic: 'a' }, { topic: '' }];
    expect(read('{"type":"subscribe","topics":["a",1,null,["x"],""]}')).toEqual({ action: 'join-topics', selectors });
    expect(read('{"type":"unsubscribe","topics":["a",""]}')).toEqual({ action: 'leave-topics', selectors });
    expect(read('{"type":"subscribe","topics":"a"}')).toEqual({ action: 'join-topics', selectors: [] });
  });

  it('M23: have at most 10,000 topics, or as many as a connection may have', () => {
    const frame = (type: string, count: number): string =>
      JSON.stringify({ type, topics: Array.from({ length: count }, () => '\n') });
    for (const type of ['subscribe', 'unsubscribe']) {
      expect(read(frame(type, 10_000))).toMatchObject({ selectors: { length: 10_000 } });
      expect(read(frame(type, 10_001))).toEqual({ action: 'malformed' });
      const more = new Decoder(10_001).decode(Buffer.from(frame(type, 10_001)), false);
      expect(more).toMatchObject({ selectors: { length: 10_001 } });
    }
  });

  it('REL4: are subscriptions to one topic', () => {
    expect(read('{"type":"subscribe","topic":"a"}')).toEqual({ action: 'join-topics', selectors: [{ topic: 'a' }] });
    expect(read('{"type":"unsubscribe","topic":"a"}')).toEqual({ action: 'leave-topics', selectors: [{ topic: 'a' }] });
  });

  it('REL2: are publications of the original frame', () => {
    const frame = '{"type":"publish","topic":"a","data":12345678901234567890}';
    const draft = { topics: ['a'], payload: Buffer.from(frame), type: VERBATIM };
    expect(read(frame)).toEqual({ action: 'publish', draft, echo: true });
    expect(read(frame, true)).toEqual({ action: 'publish', draft, echo: true });
  });

  it('REL4: are publications without echo if the members are exactly type, topic and payload', () => {
    expect(read('{"payload":{"x":[1]},"topic":"a","type":"publish"}')).toEqual({
      action: 'publish',
      draft: { topics: ['a'], payload: Buffer.from('{"topic":"a","payload":{"x":[1]}}') },
      echo: false,
    });
  });

  it('REL4: keep the bytes of a Trystero payload', () => {
    const payload = '{ "a":1e400,"b":12345678901234567890,"c":1.10,"d":1,"d":2 }';
    expect(read(`{"type":"publish","topic":"\\u0061","payload":${payload}}`)).toEqual({
      action: 'publish',
      draft: { topics: ['a'], payload: Buffer.from(`{"topic":"\\u0061","payload":${payload}}`) },
      echo: false,
    });
  });

  it('REL2: keep the original frame if there is a fourth member', () => {
    const frames = ['{"type":"publish","topic":"a","payload":1,"x":2}', '{"type":"publish","topic":"a","payload":1,"topics":[]}'];
    for (const frame of frames) expect(read(frame)).toMatchObject({ draft: { type: VERBATIM }, echo: true });
    expect(read('{"type":"publish","topic":"b","topic":"a","payload":1}')).toMatchObject({
      draft: { topics: ['a'] },
      echo: false,
    });
  });

  it('REL3: may nest to any depth', () => {
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(read(`{"type":"publish","topic":"a","payload":${deep}}`)).toMatchObject({ action: 'publish', echo: false });
    expect(read(`{"type":"publish","topic":"a","data":${deep}}`)).toMatchObject({ action: 'publish', echo: true });
    expect(read(`{"type":"subscribe","topics":[${deep},"a"]}`)).toEqual({ action: 'join-topics', selectors: [{ topic: 'a' }] });
  });

  it('are pings', () => expect(read('{"type":"ping"}')).toEqual({ action: 'pong' }));

  it.each([
    ['{"type":"publish"}', 'destination-missing'],
    ['{"type":"publish","topic":null}', 'destination-missing'],
    ['{"type":"publish","topic":""}', 'destination-missing'],
    ['{"type":"publish","topic":["a"]}', 'destination-not-text'],
    ['{"type":"pong"}', 'not-relayed'],
    ['{"type":"__proto__"}', 'not-relayed'],
    ['{}', 'not-relayed'],
  ])('%s is ignored and counted as %s', (text, why) => expect(read(text)).toEqual({ action: 'ignore', why }));

  it.each(['', '{', 'null', '[]', '5', '"publish"', '\u0000'])('REL3: %j is malformed', (text) =>
    expect(read(text)).toEqual({ action: 'malformed' }),
  );

  it('REL3: a binary frame that is not UTF-8 is malformed', () => {
    const frame = Buffer.concat([Buffer.from('{"type":"publish","topic":"a","x":"'), Buffer.of(0xff), Buffer.from('"}')]);
    expect(decoder.decode(frame, true)).toEqual({ action: 'malformed' });
  });
});
