import { describe, expect, it } from 'vitest';
import { ChannelNames, topicOf } from '../../../../../src/adapters/dialects/centrifuge/channels.ts';

describe('channels of Centrifuge', () => {
  it('CF16: the topic of a channel has no prefix', () => {
    const topics = (channel: string): string => topicOf(channel, ['peerix:a:', 'peerix:']);
    expect(['garden', 'peerix:garden', 'peerix:a:garden', 'xpeerix:garden', 'peerix:'].map(topics)).toEqual([
      ...['garden', 'garden', 'garden', 'xpeerix:garden', ''],
    ]);
    expect(topicOf('peerix:garden', [])).toBe('peerix:garden');
  });

  it('CF16: a channel is used from the receipt of its subscription on, until the client unsubscribes', () => {
    const names = new ChannelNames();
    names.subscribing(1, 'garden', 'peerix:garden');
    expect(names.channelOf('garden')).toBe('garden');
    names.subscribed(1);
    expect([names.channelOf('garden'), names.channelOf('house')]).toEqual(['peerix:garden', 'house']);
    names.unsubscribing('garden');
    expect(names.channelOf('garden')).toBe('garden');
  });

  it('CF16: the last channel of a topic is used, unless its subscription is refused', () => {
    const names = new ChannelNames();
    names.subscribing(1, 'garden', 'a:garden');
    names.subscribed(1);
    names.subscribing(2, 'garden', 'b:garden');
    names.refused(2);
    names.subscribed(2);
    expect(names.channelOf('garden')).toBe('a:garden');
    names.subscribing(3, 'garden', 'garden');
    names.subscribed(3);
    expect(names.channelOf('garden')).toBe('garden');
  });
});
