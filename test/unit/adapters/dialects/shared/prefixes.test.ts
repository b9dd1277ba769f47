import { describe, expect, it } from 'vitest';
import { longestFirst, topicOf } from '../../../../../src/adapters/dialects/shared/prefixes.ts';

describe('prefixes of names', () => {
  it('CF16: the topic of a channel has no prefix', () => {
    const topics = (channel: string): string => topicOf(channel, ['peerix:a:', 'peerix:']);
    expect(['garden', 'peerix:garden', 'peerix:a:garden', 'xpeerix:garden', 'peerix:'].map(topics)).toEqual([
      ...['garden', 'garden', 'garden', 'xpeerix:garden', ''],
    ]);
    expect(topicOf('peerix:garden', [])).toBe('peerix:garden');
  });

  it('CF16: the longest prefix that fits is removed', () => {
    expect(longestFirst(['a', '', 'abc', 'ab'])).toEqual(['abc', 'ab', 'a']);
  });
});
