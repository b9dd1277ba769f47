import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { type Config, resolveConfig } from '../../../src/composition/configuration/config.ts';
import { sourcesOf } from '../../../src/composition/configuration/option-sources.ts';
import { fitting, onReload, reload, reloadFrom } from '../../../src/composition/reload.ts';

function configOf(...argv: string[]): Config {
  const resolved = resolveConfig({ argv });
  if (!resolved.ok) throw new Error('the options are valid');
  return resolved.value.config;
}

const KEY = 'a-key-of-at-least-32-characters-for-tests';

describe('a reload', () => {
  it('puts changed limits into effect, and names options that need a restart', () => {
    const running = configOf('--max_connections', '10', '--port', '9000');
    const next = configOf('--max_connections', '20', '--port', '9001', '--alive_timeout', '90000');
    expect(reload(running, next)).toEqual({ changed: ['max_connections'], needsRestart: ['port', 'alive_timeout'] });
    expect([running.maxConnections, running.port]).toEqual([20, 9000]);
  });

  it('changes nothing for equal options', () => {
    expect(reload(configOf('--key', 'a', '--key', 'b'), configOf('--key', 'a', '--key', 'b'))).toEqual({
      changed: [],
      needsRestart: [],
    });
  });

  it('replaces a key, but adds and removes none', () => {
    const running = configOf('--dialects', 'mercure', '--mercure_publisher_key', KEY);
    const next = configOf('--dialects', 'mercure', '--mercure_publisher_key', `${KEY}2`, '--mercure_subscriber_key', KEY);
    expect(reload(running, next)).toEqual({ changed: ['mercure_publisher_key'], needsRestart: ['mercure_subscriber_key'] });
    expect([running.mercurePublisherKey, running.mercureSubscriberKey]).toEqual([`${KEY}2`, undefined]);
  });

  it('keeps the limits of mailboxes in a cluster, because the engine has them', () => {
    const cluster = ['--cluster', 'redis://127.0.0.1:6379'];
    const running = configOf(...cluster);
    expect(reload(running, configOf(...cluster, '--mailbox_messages', '7')).needsRestart).toEqual(['mailbox_messages']);
    expect(reload(configOf(), configOf('--mailbox_messages', '7')).changed).toEqual(['mailbox_messages']);
  });

  it('calls the listeners of the configuration after the change', () => {
    const running = configOf();
    let seen = 0;
    onReload(running, () => (seen = running.concurrentLimit));
    reload(running, configOf('--concurrent_limit', '3'));
    expect(seen).toBe(3);
  });

  it('remembers the new source of an option in effect only', () => {
    const running = configOf('--port', '9000');
    reload(running, configOf('--max_realms', '5', '-p', '9001'));
    const sourceOf = sourcesOf(running);
    expect([sourceOf('max_realms'), sourceOf('port')]).toEqual(['--max_realms', '--port']);
  });

  it('refuses limits that do not hold those that need a restart', () => {
    const smaller = ['--max_message_bytes', '65536', '--send_buffer_bytes', '262144', '--mailbox_bytes', '131072'];
    const read = fitting(resolveConfig({ argv: smaller }), configOf());
    expect(read.ok ? [] : read.refusal.map(({ message }) => message)).toEqual([
      '--mailbox_bytes is 131072; it must be at least 1050528, to hold the default of max_message_bytes (1048576) and 1952 more, ' +
        'until a restart, because a reload does not change that limit',
    ]);
    expect(fitting(resolveConfig({ argv: smaller }), configOf(...smaller)).ok).toBe(true);
    expect(fitting(resolveConfig({ argv: ['--mailbox_bytes', '3000000'] }), configOf()).ok).toBe(true);
    expect(fitting(resolveConfig({ argv: ['--mailbox_bytes', '1'] }), configOf()).ok).toBe(false);
  });

  it('logs the outcome', () => {
    const events: LogEvent[] = [];
    const log = { record: (event: LogEvent) => void events.push(event) };
    const running = configOf();
    reloadFrom(resolveConfig({ argv: ['--max_realms', '5'] }), running, log);
    reloadFrom(resolveConfig({ argv: ['--max_realms', 'five'] }), running, log);
    expect(events).toMatchObject([
      { event: 'configuration-reloaded', changed: ['max_realms'], needsRestart: [] },
      { event: 'configuration-refused', problems: [expect.stringContaining('--max_realms')] },
    ]);
    expect(running.maxRealms).toBe(5);
  });

  it('returns the warnings', () => {
    const log = { record: () => undefined };
    expect(reloadFrom(resolveConfig({ argv: ['--alive_timeout', '3000'] }), configOf(), log)).toHaveLength(1);
  });
});
