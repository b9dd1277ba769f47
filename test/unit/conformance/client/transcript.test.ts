import { describe, expect, it } from 'vitest';
import { Transcript } from '../../../../conformance/client/transcript.ts';

describe('a transcript', () => {
  it('records entries in order, with connection and direction', () => {
    const transcript = new Transcript();
    transcript.noted('ann', 'opens');
    transcript.sent('ann', '{}');
    transcript.received('bob', '{}');
    expect(transcript.lines.map(({ who, how, what }) => `${who} ${how} ${what}`)).toEqual([
      'ann noted opens',
      'ann sent {}',
      'bob heard {}',
    ]);
    expect(transcript.lines.every(({ at }) => Number.isInteger(at) && at >= 0)).toBe(true);
  });

  it('truncates a long text and appends its length', () => {
    const transcript = new Transcript();
    transcript.sent('ann', 'x'.repeat(1_000));
    expect(transcript.lines[0]?.what).toMatch(/^x{300}… \(1000 characters\)$/);
  });

  it('keeps the first and the last entries, and gives the number of omitted ones', () => {
    const transcript = new Transcript();
    for (let n = 0; n < 1_000; n++) transcript.sent('ann', String(n));
    const said = transcript.lines.map(({ what }) => what);
    expect(said).toHaveLength(301);
    expect([said[0], said[149], said[150], said[151], said[300]]).toEqual(['0', '149', '700 lines omitted', '850', '999']);
  });
});
