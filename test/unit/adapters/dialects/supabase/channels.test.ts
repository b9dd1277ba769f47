import { describe, expect, it } from 'vitest';
import { Channels, type Channel } from '../../../../../src/adapters/dialects/supabase/channels.ts';

function channel(name: string, topic = name, joinRef = '1'): Channel {
  return { name, topic, joinRef, self: false, ack: false, isPrivate: false, presenceKey: undefined };
}

describe('the channels of a Supabase client', () => {
  it('SB17: the first one is the oldest that is still joined', () => {
    const channels = new Channels();
    const [room, own] = [channel('room'), channel('own')];
    for (const one of [room, own]) channels.add(one);
    expect([channels.isFirst(room), channels.isFirst(own), channels.find('own')]).toEqual([true, false, own]);
    channels.remove('room');
    expect([channels.isFirst(own), channels.find('room')]).toEqual([true, undefined]);
  });

  it('SB17: a topic has the name by which it was joined last', () => {
    const channels = new Channels();
    for (const name of ['p:a', 'q:a']) channels.add(channel(name, 'a'));
    expect(channels.nameOf('a')).toBe('q:a');
    channels.remove('q:a');
    expect([channels.nameOf('a'), channels.hasTopic('a')]).toEqual(['p:a', true]);
    channels.remove('p:a');
    expect([channels.nameOf('a'), channels.hasTopic('a')]).toEqual(['a', false]);
  });

  it('SB4: a refused join removes no later join of the channel', () => {
    const channels = new Channels();
    channels.add(channel('a', 'a', '1'));
    channels.add(channel('a', 'a', '2'));
    channels.removeRefused('a', '1');
    expect(channels.find('a')?.joinRef).toBe('2');
    channels.removeRefused('a', '2');
    expect(channels.find('a')).toBeUndefined();
  });

  it('counts the memory of its channels', () => {
    const channels = new Channels();
    channels.add(channel('a'.repeat(200)));
    const one = channels.bytes;
    channels.add(channel('b'));
    expect([one > 1_000, channels.bytes > one]).toEqual([true, true]);
    for (const name of ['a'.repeat(200), 'b', 'c']) channels.remove(name);
    expect(channels.bytes).toBe(0);
  });
});
