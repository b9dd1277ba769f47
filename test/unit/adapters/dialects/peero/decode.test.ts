import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../../../src/adapters/dialects/peero/decode.ts';

const read = (text: string) => readFrame(Buffer.from(text), false);
const signal = Buffer.from('{"sdp":1}');

describe('what is read', () => {
  it('PEO3: an offer to all, or to one', () => {
    expect(read('{"type":"offer","signal":{"sdp":1}}')).toEqual({
      ask: 'publish',
      draft: { topics: [], payload: signal },
      echo: false,
    });
    expect(read('{"type":"offer","peer":"bob","signal":{"sdp":1}}')).toEqual({
      ask: 'relay',
      kind: 'offer',
      to: 'bob',
      payload: signal,
    });
    expect(read('{"type":"offer"}')).toMatchObject({ draft: { payload: Buffer.from('null') } });
  });

  it('PEO4: an answer and a candidate to one', () => {
    for (const kind of ['answer', 'candidate']) {
      const relay = { ask: 'relay', kind, to: 'bob', payload: signal };
      expect(read(`{"type":"${kind}","peer":"bob","signal":{"sdp":1}}`)).toEqual(relay);
      expect(read(`{"type":"${kind}"}`)).toEqual({ ask: 'relay', kind, to: undefined, payload: undefined });
      expect(read(`{"type":"${kind}","peer":5}`)).toEqual({ ask: 'nothing', why: 'destination-not-text' });
    }
  });

  it('PEO5, PEO7: a will, a goodbye, a sign of life', () => {
    expect(read('{"type":"will","signal":"x"}')).toEqual({ ask: 'bequeath', will: Buffer.from('"x"') });
    expect([read('{"type":"leave"}'), read('{"type":"heartbeat"}')]).toEqual([{ ask: 'leave' }, { ask: 'stay' }]);
  });

  it('PEO7: what is none of these is ignored, what is no object is malformed', () => {
    expect([read('{}'), read('{"type":"peers"}')]).toEqual(Array(2).fill({ ask: 'nothing', why: 'not-relayed' }));
    expect([read('[]'), read('{'), readFrame(Buffer.of(0xff), true)]).toEqual(Array(3).fill({ ask: 'unreadable' }));
  });
});
