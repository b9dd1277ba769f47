import { describe, expect, it } from 'vitest';
import { ConfigError, createBroker } from '../../../src/composition/library.ts';

describe('createBroker', () => {
  it('takes options in both spellings', () => {
    expect(createBroker({ expire_timeout: 7_000 }).config.expireTimeout).toBe(7_000);
    expect(createBroker({ expireTimeout: 8_000 }).config.expireTimeout).toBe(8_000);
  });

  it('names a bad option, its value and what is allowed', () => {
    expect(() => createBroker({ port: 70_000 })).toThrow(ConfigError);
    expect(() => createBroker({ port: 70_000 })).toThrow(/port.*70000.*65535/);
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
    expect(events).toEqual(['listening', 'draining', 'stopped']);
  });
});
