import { describe, expect, it } from 'vitest';
import { Decoder } from '../../../../../src/adapters/dialects/peero/decode.ts';

const decoder = new Decoder();
const read = (text: string) => decoder.decode(Buffer.from(text), false);
const signal = Buffer.from('{"sdp":1}');

describe('decoded frames of Peero', () => {
  it('PEO3: are offers to all peers or to one', () => {
    expect(read('{"type":"offer","signal":{"sdp":1}}')).toEqual({
      action: 'publish',
      draft: { topics: [], payload: signal },
      echo: false,
    });
    expect(read('{"type":"offer","peer":"bob","signal":{"sdp":1}}')).toEqual({
      action: 'relay',
      kind: 'offer',
      to: 'bob',
      payload: signal,
    });
    expect(read('{"type":"offer"}')).toMatchObject({ draft: { payload: Buffer.from('null') } });
  });

  it('PEO4: are answers and candidates to one peer', () => {
    for (const kind of ['answer', 'candidate']) {
      const relay = { action: 'relay', kind, to: 'bob', payload: signal };
      expect(read(`{"type":"${kind}","peer":"bob","signal":{"sdp":1}}`)).toEqual(relay);
      expect(read(`{"type":"${kind}"}`)).toEqual({ action: 'relay', kind, to: undefined, payload: undefined });
      expect(read(`{"type":"${kind}","peer":5}`)).toEqual({ action: 'ignore', why: 'destination-not-text' });
    }
  });

  it('PEO4: keep the bytes of a signal, at any depth', () => {
    const exact = '{ "a":1e400,"b":12345678901234567890,"c":1.10,"d":1,"d":2 }';
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    for (const text of [exact, deep]) {
      const bytes = Buffer.from(text);
      expect(read(`{"type":"offer","signal":${text}}`)).toMatchObject({ draft: { payload: bytes } });
      expect(read(`{"type":"answer","peer":"bob","signal":${text}}`)).toMatchObject({ payload: bytes });
      expect(read(`{"type":"will","signal":${text}}`)).toEqual({ action: 'set-will', will: bytes });
    }
    expect(read(`{"type":"heartbeat","x":${deep}}`)).toEqual({ action: 'heartbeat' });
  });

  it('PEO4: reject null as a destination', () => {
    expect(read('{"type":"offer","peer":null}')).toEqual({ action: 'ignore', why: 'destination-not-text' });
  });

  it('PEO5, PEO7: are wills, goodbyes and heartbeats', () => {
    expect(read('{"type":"will","signal":"x"}')).toEqual({ action: 'set-will', will: Buffer.from('"x"') });
    expect([read('{"type":"leave"}'), read('{"type":"heartbeat"}')]).toEqual([{ action: 'leave' }, { action: 'heartbeat' }]);
  });

  it('PEO7: are ignored if the type is unknown, and malformed if not an object', () => {
    expect([read('{}'), read('{"type":"peers"}')]).toEqual(Array(2).fill({ action: 'ignore', why: 'not-relayed' }));
    expect([read('[]'), read('{'), decoder.decode(Buffer.of(0xff), true)]).toEqual(Array(3).fill({ action: 'malformed' }));
  });
});
