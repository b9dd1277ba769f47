import { describe, expect, it } from 'vitest';
import type { Setup } from '../../../conformance/setup.ts';
import { TOPIC_SETUPS } from '../../../conformance/topic-setups.ts';

const SECRETS = { mercure_publisher_key: 'a', mercure_subscriber_key: 'b' };
const MISSING_SECRETS = 'needs secrets: --mercure-publisher-key, --mercure-subscriber-key';

describe('a setup for topics', () => {
  it.each([
    ['hub', {}, 'needs --mercure-open, or secrets: --mercure-publisher-key, --mercure-subscriber-key'],
    ['hub', SECRETS, undefined],
    ['hub', { mercure_open: true }, undefined],
    ['hub with tokens', { mercure_open: true }, MISSING_SECRETS],
    ['hub with tokens', { ...SECRETS, mercure_publisher_key: '-----BEGIN PUBLIC KEY-----' }, MISSING_SECRETS],
    ['hub with guests', SECRETS, 'needs --mercure-anonymous'],
    ['open hub', SECRETS, 'needs --mercure-open'],
    ['hub for listed origins', SECRETS, 'needs listed origins: --cors'],
    ['hub that forgets', { ...SECRETS, history_messages: 5_000 }, 'needs a server with history-messages of at most 100'],
    ['hub that is heard', { ...SECRETS, stream_heartbeat: 40_000 }, 'needs a server with stream-heartbeat of at most 10000'],
    ['topic relay of two realms', { key: ['a'] }, 'needs a server with several keys: --key'],
    [
      'topic relay that pings',
      { ping_interval: 30_000, alive_timeout: 5_000 },
      'needs a server with ping-interval of at most 5000',
    ],
  ] as const)('%s: says what a server of %j lacks', (name, settings, missing) => {
    const { unmet }: Setup = TOPIC_SETUPS[name];
    expect(unmet?.(settings)).toBe(missing);
  });

  it('REL3, MER9: that is about time waits for that time too', () => {
    expect(TOPIC_SETUPS['topic relay that pings'].extraWait({ ping_interval: 100, alive_timeout: 1_000 })).toBe(2_200);
    expect(TOPIC_SETUPS['hub that is heard'].extraWait({ stream_heartbeat: 200 })).toBe(600);
  });
});
