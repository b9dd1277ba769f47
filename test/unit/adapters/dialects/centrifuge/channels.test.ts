import { describe, expect, it } from 'vitest';
import { ChannelNames } from '../../../../../src/adapters/dialects/centrifuge/channels.ts';

describe('channels of Centrifuge', () => {
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
