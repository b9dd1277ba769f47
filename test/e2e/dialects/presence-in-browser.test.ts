import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptPages } from '../../support/e2e/script-pages.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Server } from '../../support/e2e/server.ts';

const OPTIONS = { dialects: ['peerjs', 'mercure', 'centrifuge', 'supabase'], mercure_open: true };

/* Members with a payload in two tabs, over the official clients in Chromium. */

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('presence in Chromium on $name', (kind) => {
  let server: Server;
  let pages: ScriptPages;
  beforeAll(async () => {
    server = await Server.start({ kind, options: OPTIONS });
    pages = await ScriptPages.start('presence.js');
  });
  afterAll(async () => {
    await pages.stop();
    await server.stop();
  });

  it('SB13, T19: two tabs on Supabase track payloads, and see each other change, untrack and close', async () => {
    const [ann, bob] = await Promise.all([pages.openPage(), pages.openPage()]);
    const url = `http://${server.host}:${server.port}`;
    const channel = uniqueName('channel');
    await ann.call('joinSupabase', url, channel, 'ann');
    expect(await ann.call('track', { name: 'Ann', deep: { list: [1, 'ä'] } })).toBe('ok');
    await bob.call('joinSupabase', url, channel, 'bob');
    expect(await bob.call('track', { name: 'Bob' })).toBe('ok');
    const both = { ann: [{ name: 'Ann', deep: { list: [1, 'ä'] } }], bob: [{ name: 'Bob' }] };
    for (const tab of [ann, bob]) await tab.waitFor('hasMembers', both);
    expect(await ann.call('untrack')).toBe('ok');
    await bob.waitFor('hasMembers', { bob: [{ name: 'Bob' }] });
    expect(await bob.call('track', { name: 'Robert' })).toBe('ok');
    await ann.waitFor('hasMembers', { bob: [{ name: 'Robert' }] });
    await bob.close();
    await ann.waitFor('hasMembers', {});
    await ann.waitFor('hasEvents', 6);
    expect(await ann.call('events')).toEqual([
      ['join', 'ann', { name: 'Ann', deep: { list: [1, 'ä'] } }],
      ['join', 'bob', { name: 'Bob' }],
      ['leave', 'ann', { name: 'Ann', deep: { list: [1, 'ä'] } }],
      ['join', 'bob', { name: 'Robert' }],
      ['leave', 'bob', { name: 'Bob' }],
      ['leave', 'bob', { name: 'Robert' }],
    ]);
    await ann.close();
  });

  it('CF10, T19: two tabs on Centrifuge see the connection info of each other, and joins and leaves', async () => {
    const [ann, bob] = await Promise.all([pages.openPage(), pages.openPage()]);
    const url = `ws://${server.host}:${server.port}/connection/websocket`;
    const channel = uniqueName('channel');
    await ann.call('joinCentrifuge', url, channel, { name: 'Ann', deep: { list: [1, 'ä'] } });
    await bob.call('joinCentrifuge', url, channel, { name: 'Bob' });
    for (const tab of [ann, bob]) {
      expect(await tab.call('members')).toEqual([{ name: 'Ann', deep: { list: [1, 'ä'] } }, { name: 'Bob' }]);
    }
    await ann.call('leave');
    await bob.waitFor('hasMembers', [{ name: 'Bob' }]);
    await bob.waitFor('hasEvents', 2);
    expect(await bob.call('events')).toEqual([
      ['join', { name: 'Bob' }],
      ['leave', { name: 'Ann', deep: { list: [1, 'ä'] } }],
    ]);
    await bob.close();
    await ann.waitFor('hasMembers', []);
    expect(await ann.call('events')).toEqual([
      ['join', { name: 'Ann', deep: { list: [1, 'ä'] } }],
      ['join', { name: 'Bob' }],
    ]);
    await ann.close();
  });
});
