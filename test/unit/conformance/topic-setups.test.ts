import { describe, expect, it } from 'vitest';
import type { Setup } from '../../../conformance/setup.ts';
import { TOPIC_SETUPS } from '../../../conformance/topic-setups.ts';

const SECRETS = { mercure_publisher_key: 'a', mercure_subscriber_key: 'b' };
const MISSING_SECRETS = 'requires shared secrets: pass --mercure-publisher-key and --mercure-subscriber-key';

describe('a topic setup', () => {
  it.each([
    ['hub', {}, 'requires --mercure-open, or both --mercure-publisher-key and --mercure-subscriber-key'],
    ['hub', SECRETS, undefined],
    ['hub', { mercure_open: true }, undefined],
    ['hub with tokens', { mercure_open: true }, MISSING_SECRETS],
    ['hub with tokens', { ...SECRETS, mercure_publisher_key: '-----BEGIN PUBLIC KEY-----' }, MISSING_SECRETS],
    ['hub with two keys', SECRETS, undefined],
    [
      'hub with two keys',
      { mercure_publisher_key: 'a', mercure_subscriber_key: 'a' },
      'requires different secrets for publishers and subscribers; configure them, then pass both flags',
    ],
    ['hub with anonymous subscribers', SECRETS, 'requires anonymous subscribers; enable them, then pass --mercure-anonymous'],
    ['open hub', SECRETS, 'requires an open hub; enable it, then pass --mercure-open'],
    ['hub for listed origins', SECRETS, 'requires a list of allowed origins; configure it, then pass --cors'],
    [
      'hub with short history',
      { ...SECRETS, history_messages: 5_000 },
      'requires --history-messages of at most 100; configure the server, then pass the flag',
    ],
    [
      'hub with short heartbeat',
      { ...SECRETS, stream_heartbeat: 40_000 },
      'requires --stream-heartbeat of at most 10000; configure the server, then pass the flag',
    ],
    ['topic relay with two realms', { key: ['a'] }, 'requires several keys; configure them, then pass --key for each'],
    [
      'topic relay with short ping interval',
      { ping_interval: 30_000, alive_timeout: 5_000 },
      'requires --ping-interval of at most 5000; configure the server, then pass the flag',
    ],
  ] as const)('%s: returns the unmet requirement of a server with %j', (name, settings, missing) => {
    const { unmet }: Setup = TOPIC_SETUPS[name];
    expect(unmet?.(settings)).toBe(missing);
  });

  it('REL3, MER9: adds the timeout of the server to the patience', () => {
    expect(TOPIC_SETUPS['topic relay with short ping interval'].extraWait({ ping_interval: 100, alive_timeout: 1_000 })).toBe(
      2_200,
    );
    expect(TOPIC_SETUPS['hub with short heartbeat'].extraWait({ stream_heartbeat: 200 })).toBe(600);
  });
});
