import { describe, expect, it } from 'vitest';
import { connectionId, echoed, generationOf, nodeId, parsePeerId, realmKey, slotOf } from '../../../src/domain/ids.ts';

const reason = (text: string, limit?: number) => {
  const parsed = parsePeerId(text, limit);
  return parsed.ok ? 'accepted' : parsed.refusal.reason;
};

describe('peer ids', () => {
  it.each(['a', '__proto__', 'constructor', 'čtyři 😀', '%00', 'a b', '<script>'])('O7: accepts %s as a peer id', (text) => {
    expect(parsePeerId(text)).toEqual({ ok: true, value: text });
  });

  it('O7: rejects an empty id and one longer than the limit', () => {
    expect(['', 'x'.repeat(128), 'x'.repeat(129)].map((text) => reason(text))).toEqual([
      'peer-id-empty',
      'accepted',
      'peer-id-too-long',
    ]);
  });

  it('O7: counts code points, not surrogates', () => {
    expect([reason('😀'.repeat(128)), reason('😀'.repeat(129)), reason('😀😀', 1)]).toEqual([
      'accepted',
      'peer-id-too-long',
      'peer-id-too-long',
    ]);
    expect(reason('😀a', 2)).toBe('accepted');
    expect(reason('😀aa', 2)).toBe('peer-id-too-long');
  });

  it.each(['\0', 'a\n', '\u007f', '\u0085', '\ud800'])('O7: rejects control characters and unpaired surrogates', (text) => {
    expect(reason(text)).toBe('peer-id-unprintable');
  });

  it('M13: returns the destination of a sender unchanged', () => {
    expect(echoed('x'.repeat(500))).toBe('x'.repeat(500));
  });
});

describe('internal ids', () => {
  it('are not validated', () => {
    expect([realmKey('peerjs'), nodeId('alone')]).toEqual(['peerjs', 'alone']);
  });

  it('a connection id consists of a slot and a generation', () => {
    const id = connectionId(1_048_575, 2_047);
    expect([slotOf(id), generationOf(id), id > 0]).toEqual([1_048_575, 2_047, true]);
  });

  it('generations wrap around', () => {
    expect(connectionId(5, 2_048)).toBe(connectionId(5, 0));
  });
});
