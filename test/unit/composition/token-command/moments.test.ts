import { describe, expect, it } from 'vitest';
import { clockNote, momentOf } from '../../../../src/composition/token-command/moments.ts';

const NOW = Date.UTC(2027, 0, 1);
const SECONDS = NOW / 1000;

describe('time claims', () => {
  it.each([
    ['exp', 90, 'expires 2027-01-01T00:01:30.000Z, in 90 s'],
    ['exp', -180, 'expires 2026-12-31T23:57:00.000Z, 3 min ago'],
    ['nbf', 7200, 'valid from 2027-01-01T02:00:00.000Z, in 2 h'],
    ['iat', -259_200, 'issued 2026-12-29T00:00:00.000Z, 3 d ago'],
  ] as const)('%s at %i s', (claim, apart, text) => expect(momentOf(claim, SECONDS + apart, NOW)).toBe(text));

  it.each(['1', null, 1e300, {}])('%j is no time', (value) => expect(momentOf('exp', value, NOW)).toMatch(/^unexpected/));
});

describe('the clocks', () => {
  it('differ at least by the lead of the issuer', () => {
    expect(clockNote({ iat: SECONDS + 40, nbf: SECONDS + 10 }, NOW)).toEqual([
      expect.stringContaining('the clock of its issuer is at least 40 s ahead of this one (2027-01-01T00:00:00.000Z)'),
    ]);
  });

  it.each([{}, { iat: SECONDS }, { iat: 'x', nbf: SECONDS - 5 }])('may agree for %j', (claims) =>
    expect(clockNote(claims, NOW)).toEqual([]),
  );
});
