import { describe, expect, it } from 'vitest';
import { clientPayload, markerOf } from '../../../../conformance/client/client-payload.ts';

describe('a payload of a client', () => {
  it.each(['OFFER', 'ANSWER', 'CANDIDATE'])('has the members of %s, and carries any marker', (type) => {
    for (const marker of ['hello', 7, null, { n: 1, text: '\r\n"🦊' }]) {
      const payload = clientPayload(type, marker);
      expect(Object.keys(payload)).toEqual([type === 'CANDIDATE' ? 'candidate' : 'sdp', 'type', 'connectionId']);
      expect(markerOf(type, JSON.parse(JSON.stringify(payload)))).toEqual(marker);
    }
  });

  it('keeps a payload that was changed, or that the suite did not build', () => {
    const changed = { ...clientPayload('OFFER', 1), type: 'media' };
    const broken = { ...clientPayload('OFFER', 1), sdp: { type: 'offer', sdp: 'v=0\r\ns={\r\n' } };
    for (const payload of [changed, broken, clientPayload('ANSWER', 1), undefined, null, 'text', { sdp: null }]) {
      expect(markerOf('OFFER', payload)).toBe(payload);
    }
    expect(markerOf(7, changed)).toBe(changed);
  });
});
