import { describe, expect, it } from 'vitest';
import { ListenError } from '../../../src/application/ports/transport.ts';
import { defaultConfig } from '../../../src/composition/configuration/config.ts';
import { makeTransport } from '../../../src/composition/make-transport.ts';
import type { LogEvent } from '../../../src/application/ports/log.ts';

const loads = await makeTransport({ ...defaultConfig(), transport: 'uws' }, { record: () => undefined }).then(
  () => true,
  () => false,
);

async function made(transport: 'auto' | 'uws' | 'node') {
  const events: LogEvent[] = [];
  const { name } = await makeTransport({ ...defaultConfig(), transport }, { record: (event) => void events.push(event) });
  return { name, events };
}

describe('the transport that is asked for', () => {
  it('is node where node is asked for', async () => {
    expect((await made('node')).name).toBe('node');
  });

  it('is by itself uWebSockets.js where it loads, else node, with one line that says why', async () => {
    const { name, events } = await made('auto');
    expect(name).toBe(loads ? 'uws' : 'node');
    expect(events.map(({ event }) => event)).toEqual(loads ? [] : ['transport-unavailable']);
  });

  it('is uWebSockets.js or nothing where that is asked for', async () => {
    const outcome = await made('uws').catch((error: unknown) => error);
    if (loads) expect(outcome).toMatchObject({ name: 'uws', events: [] });
    else expect(outcome).toBeInstanceOf(ListenError);
  });
});
