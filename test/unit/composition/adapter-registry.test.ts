import { describe, expect, it } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { type Config, defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeTransport } from '../../../src/composition/make-transport.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';

const loads = await makeTransport({ ...defaultConfig(), transport: 'uws' }, { record: () => undefined }).then(
  () => true,
  () => false,
);

async function made(transport: 'auto' | 'uws' | 'node', proxied: Config['proxied'] = false) {
  const events: LogEvent[] = [];
  const config = { ...defaultConfig(), transport, proxied };
  const { name } = await makeTransport(config, { record: (event) => void events.push(event) });
  return { name, events };
}

describe('the option transport', () => {
  it('node selects the node transport', async () => {
    expect((await made('node')).name).toBe('node');
  });

  it('auto selects uWebSockets.js if it loads, else node, and logs the reason', async () => {
    const { name, events } = await made('auto');
    expect(name).toBe(loads ? 'uws' : 'node');
    expect(events.map(({ event }) => event)).toEqual(loads ? [] : ['transport-unavailable']);
  });

  it('auto warns behind a proxy that uWebSockets.js needs HTTP/1.1; a chosen transport does not', async () => {
    const events = async (transport: 'auto' | 'uws' | 'node') => (await made(transport, 1)).events.map(({ event }) => event);
    expect(await events('auto')).toEqual([loads ? 'proxy-needs-http11' : 'transport-unavailable']);
    expect(await events('node')).toEqual([]);
    if (loads) expect(await events('uws')).toEqual([]);
  });

  it('uws selects uWebSockets.js, or rejects when it does not load', async () => {
    const outcome = await made('uws').catch((error: unknown) => error);
    if (loads) expect(outcome).toMatchObject({ name: 'uws', events: [] });
    else expect(outcome).toBeInstanceOf(ListenError);
  });
});
