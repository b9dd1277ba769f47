import { describe, expect, it } from 'vitest';
import { readFrame } from '../../../../conformance/random/received-frame.ts';

describe('reading a frame', () => {
  it('keeps what the model looks at', () => {
    const text = '{"type":"OFFER","src":"ann","dst":"bob","payload":{"n":3,"of":"us","more":1}}';
    expect(readFrame(text)).toEqual({ type: 'OFFER', src: 'ann', dst: 'bob', payload: { n: 3, of: 'us' }, isExact: true });
    expect(readFrame('{"type":"OPEN"}')).toMatchObject({ type: 'OPEN', src: undefined, payload: undefined });
  });

  it('M1: members that do not belong there are seen', () => {
    expect(readFrame('{"type":"OFFER","src":"ann","dst":"bob"}')?.isExact).toBe(true);
    expect(readFrame('{"type":"OFFER","src":"ann","dst":"bob","hops":1}')?.isExact).toBe(false);
    expect(readFrame('{"type":"OFFER","dst":"bob"}')?.isExact).toBe(false);
  });

  it('a payload of somebody else has no numbers', () => {
    for (const payload of ['null', '7', '{"n":"3"}', '[]']) {
      expect(readFrame(`{"type":"OFFER","src":"ann","dst":"bob","payload":${payload}}`)?.payload).toEqual({});
    }
  });

  it('an id that is no text is nobody’s, but can be told', () => {
    expect(readFrame('{"type":"EXPIRE","src":5,"dst":null}')).toMatchObject({ src: '5', dst: 'null' });
  });

  it('what is no object with a type is no frame', () => {
    for (const text of ['', '{', 'null', '5', '[]', '{}', '{"type":5}']) expect(readFrame(text)).toBeUndefined();
  });
});
