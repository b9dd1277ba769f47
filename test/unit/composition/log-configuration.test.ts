import { describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { defaultConfig, type Config } from '../../../src/composition/configuration/config.ts';
import { logConfiguration } from '../../../src/composition/log-configuration.ts';

function logged(config: Partial<Config>, openFiles?: number): LogEvent[] {
  const events: LogEvent[] = [];
  logConfiguration({ ...defaultConfig(), ...config }, { record: (event) => void events.push(event) }, openFiles);
  return events;
}

describe('logConfiguration', () => {
  it('logs dialects with their paths, realms, proxies, and the engine without its credentials', () => {
    const [event] = logged({
      dialects: ['peerjs', 'relay'],
      cluster: 'redis://user:secret@engine:6379/0',
      proxied: ['10.0.0.0/8'],
    });
    expect(event).toMatchObject({
      event: 'in-effect',
      dialects: { peerjs: '/', relay: '/relay' },
      realms: ['peerjs'],
      proxied: '10.0.0.0/8',
      engine: 'redis://engine:6379',
    });
    expect(JSON.stringify(event)).not.toContain('secret');
  });

  it('logs the first realms, and the number of the others', () => {
    const keys = Array.from({ length: 30 }, (_, n) => `key-${n}`);
    expect(logged({ keys })[0]).toMatchObject({ realms: [...keys.slice(0, 20), 'and 10 more'] });
  });

  it('warns when max_connections exceeds the open-file limit', () => {
    const names = (openFiles: number) => logged({ maxConnections: 1_000 }, openFiles).map(({ event }) => event);
    expect([names(1_024), names(1_064)]).toEqual([['in-effect', 'open-files-short'], ['in-effect']]);
  });
});
