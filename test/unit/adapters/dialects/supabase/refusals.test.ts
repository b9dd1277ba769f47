import { describe, expect, it } from 'vitest';
import { closeFrameOf, openRefusalReason } from '../../../../../src/adapters/dialects/supabase/refusals.ts';

describe('refusals of Supabase', () => {
  it('SB5: name the missing permission', () => {
    expect(openRefusalReason({ reason: 'token-missing' })).toBe('Unauthorized: Authentication required');
    expect(openRefusalReason({ reason: 'key-unknown' })).toBe('Invalid key provided');
  });

  it('SB15: a silent client is closed with 1000, and another one with the code of its ending', () => {
    const codes = (['silent', 'malformed', 'flooding', 'restarting', 'fault', 'expired'] as const).map(
      (one) => closeFrameOf(one).code,
    );
    expect(codes).toEqual([1000, 1007, 1008, 1012, 1011, 4003]);
  });
});
