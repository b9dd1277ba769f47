import { describe, expect, it } from 'vitest';
import { channelTopic, isTooLong, nameIn } from '../../../../../src/adapters/dialects/supabase/channel-names.ts';

describe('names of Supabase channels', () => {
  it('SB2: a topic of the wire is realtime: and the name', () => {
    expect([channelTopic('garden'), nameIn('realtime:garden'), nameIn('realtime:')]).toEqual(['realtime:garden', 'garden', '']);
    for (const topic of ['garden', 'Realtime:garden', 'phoenix', '']) expect(nameIn(topic)).toBeUndefined();
  });

  it('SB8: a text has at most 255 bytes', () => {
    expect(['a'.repeat(255), 'ä'.repeat(127)].map(isTooLong)).toEqual([false, false]);
    expect(['a'.repeat(256), 'ä'.repeat(128)].map(isTooLong)).toEqual([true, true]);
  });
});
