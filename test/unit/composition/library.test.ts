import { describe, expect, it } from 'vitest';
import { ConfigError, createBroker } from '../../../src/composition/library.ts';

describe('createBroker', () => {
  it('accepts options in both spellings', () => {
    expect(createBroker({ expire_timeout: 7_000 }).config.expireTimeout).toBe(7_000);
    expect(createBroker({ expireTimeout: 8_000 }).config.expireTimeout).toBe(8_000);
  });

  it('names an invalid option, its value and the allowed values', () => {
    expect(() => createBroker({ port: 70_000 })).toThrow(ConfigError);
    expect(() => createBroker({ port: 70_000 })).toThrow(/port.*70000.*65535/);
  });

  it('rejects options that are not an object', () => {
    expect(() => createBroker(9000 as never)).toThrow('the options of createBroker are 9000; they must be an object');
  });

  it('accepts a log or options of the log, but not both', () => {
    const log = { record: () => undefined };
    expect(() => createBroker({ log, logLevel: 'info' })).toThrow('log is given together with log_level or log_format');
    expect(() => createBroker({ log, log_format: 'json' })).toThrow(ConfigError);
  });

  it('listens and closes', async () => {
    const events: string[] = [];
    const broker = createBroker({
      port: 0,
      host: '127.0.0.1',
      transport: 'node',
      log: { record: ({ event }) => void events.push(event) },
    });
    const { port } = await broker.listen();
    expect(port).toBeGreaterThan(0);
    await broker.close();
    expect(events.filter((event) => event !== 'open-files-short')).toEqual(['listening', 'in-effect', 'draining', 'stopped']);
  });
});
