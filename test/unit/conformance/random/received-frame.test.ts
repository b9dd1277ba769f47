import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../../conformance/random/received-frame.ts';

describe('parsing a frame', () => {
  it('keeps the members that the model verifies', () => {
    const text = '{"type":"OFFER","src":"ann","dst":"bob","payload":{"n":3,"of":"us","more":1}}';
    expect(readFrame(text)).toEqual({ type: 'OFFER', src: 'ann', dst: 'bob', payload: { n: 3, of: 'us' }, isExact: true });
    expect(readFrame('{"type":"OPEN"}')).toMatchObject({ type: 'OPEN', src: undefined, payload: undefined });
  });

  it('M1: detects unexpected members', () => {
    expect(readFrame('{"type":"OFFER","src":"ann","dst":"bob"}')?.isExact).toBe(true);
    expect(readFrame('{"type":"OFFER","src":"ann","dst":"bob","hops":1}')?.isExact).toBe(false);
    expect(readFrame('{"type":"OFFER","dst":"bob"}')?.isExact).toBe(false);
  });

  it('ignores the payload of other senders', () => {
    for (const payload of ['null', '7', '{"n":"3"}', '[]']) {
      expect(readFrame(`{"type":"OFFER","src":"ann","dst":"bob","payload":${payload}}`)?.payload).toEqual({});
    }
  });

  it('keeps an id that is not a string as text', () => {
    expect(readFrame('{"type":"EXPIRE","src":5,"dst":null}')).toMatchObject({ src: '5', dst: 'null' });
  });

  it('returns undefined without an object with a type', () => {
    for (const text of ['', '{', 'null', '5', '[]', '{}', '{"type":5}']) expect(readFrame(text)).toBeUndefined();
  });
});
