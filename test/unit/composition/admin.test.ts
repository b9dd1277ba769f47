import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogEvent } from '../../../src/application/ports/log.ts';
import { createBroker } from '../../../src/composition/library.ts';
import { until } from '../../support/e2e/until.ts';

const events: LogEvent[] = [];
const log = { record: (event: LogEvent): void => void events.push(event) };
const base = { port: 0, host: '127.0.0.1', transport: 'node', drainTimeout: 100, log } as const;
afterEach(() => void (events.length = 0));

function place(): string {
  const found = events.find((event) => event.event === 'admin-listening');
  if (found === undefined) throw new Error('no admin listener');
  return found.place;
}

describe('the option admin', () => {
  it('ADM1: starts a listener beside the public port, which serves metrics and health checks, and stops with the broker', async () => {
    const broker = createBroker({ ...base, admin: '127.0.0.1:0' });
    await broker.listen();
    const [metrics, config] = await Promise.all(['/metrics', '/api/config'].map((path) => fetch(place() + path)));
    expect(await metrics?.text()).toContain('signalbox_build_info');
    expect(await config?.json()).toContainEqual({ name: 'admin', value: '127.0.0.1:0', source: 'admin' });
    expect((await fetch(`${place()}/readyz`)).status).toBe(200);
    await broker.close();
    await expect(fetch(`${place()}/healthz`)).rejects.toThrow();
  });

  it('ADM8: drains the broker on request', async () => {
    const broker = createBroker({ ...base, admin: '127.0.0.1:0' });
    await broker.listen();
    const { status } = await fetch(`${place()}/api/drain`, { method: 'POST', headers: { 'x-signalbox-admin': '1' } });
    expect(status).toBe(202);
    await until(5_000, 'the broker to stop', () => (events.some(({ event }) => event === 'stopped') ? true : undefined));
    await broker.close();
  });

  it('ADM1: leaves nothing open if its place is in use', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) =>
      other.listen(0, '127.0.0.1', () => resolve((other.address() as { port: number }).port)),
    );
    await expect(createBroker({ ...base, admin: `127.0.0.1:${port}` }).listen()).rejects.toThrow('set another --admin');
    expect(events.map(({ event }) => event)).toContain('stopped');
    await new Promise((resolve) => other.close(resolve));
  });

  it('ADM1: is off by default', async () => {
    const broker = createBroker(base);
    await broker.listen();
    await broker.close();
    expect(events.map(({ event }) => event)).not.toContain('admin-listening');
  });
});
