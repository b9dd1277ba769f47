import { describe, expect, it } from 'vitest';
import { extraCredentialBytes } from '../../../src/domain/credential-bytes.ts';
import { Token } from '../../../src/domain/token.ts';
import { peerId } from './session-fixture.ts';

describe('the memory of id and token', () => {
  it('B1: is counted beyond the included length, with the owner of a token', () => {
    const bytes = (id: string, token: Token): number => extraCredentialBytes(peerId(id), token);
    expect([bytes('ann', new Token('t')), bytes('ann', new Token('t'.repeat(101)))]).toEqual([0, 0]);
    expect(bytes('ann', new Token('t'.repeat(1_000)))).toBe(24 + 1_016 - 256);
    expect(bytes('ann', new Token('t'.repeat(1_000), 'j:ann'))).toBe(24 + 1_016 + 24 - 256);
  });
});
