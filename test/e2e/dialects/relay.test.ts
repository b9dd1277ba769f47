import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { ScriptPages } from '../../support/e2e/script-pages.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* y-webrtc and the core of Trystero in Chromium, over the broker. */

let pages: ScriptPages;
beforeAll(async () => {
  pages = await ScriptPages.start('y-webrtc.js');
});
afterAll(() => pages.stop());

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('y-webrtc through $name', (kind) => {
  const start = (port?: number): Promise<Server> =>
    Server.start({ kind, options: { dialects: ['peerjs', 'relay'] }, ...(port === undefined ? {} : { port }) });

  it('REL1, REL2: three tabs share one document', async () => {
    const server = await start();
    const [room, url] = [uniqueName('room'), `ws://${server.host}:${server.port}/relay`];
    const tabs = await Promise.all([pages.openPage(), pages.openPage(), pages.openPage()]);
    for (const [place, tab] of tabs.entries()) {
      await tab.call('join', room, url);
      await tab.call('write', `word${place}`);
    }
    for (const tab of tabs) await tab.waitFor('reads', 'word0', 'word1', 'word2');
    await Promise.all(tabs.map((tab) => tab.close()));
    expect(await server.drain()).toMatchObject({ code: 0 });
  });

  it('REL1: a client reconnects to a restarted broker, and meets a new client', async () => {
    const first = await start();
    const [room, url] = [uniqueName('room'), `ws://${first.host}:${first.port}/relay`];
    const [ann, bob] = await Promise.all([pages.openPage(), pages.openPage()]);
    await ann.call('join', room, url);
    await ann.waitFor('isSignalled');
    await first.stop();
    const second = await start(first.port);
    await ann.waitFor('isSignalled');
    await bob.call('join', room, url);
    await ann.call('write', 'after');
    await bob.waitFor('reads', 'after');
    await Promise.all([ann.close(), bob.close()]);
    await second.stop();
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Trystero through $name', (kind) => {
  it('REL4: three tabs meet in a room, exchange messages, and see one leave', async () => {
    const server = await Server.start({ kind, options: { dialects: ['peerjs', 'relay'] } });
    const rooms = await ScriptPages.start('trystero.js');
    const [room, url] = [uniqueName('room'), `ws://${server.host}:${server.port}/relay`];
    const [ann, bob, eve] = await Promise.all([rooms.openPage(), rooms.openPage(), rooms.openPage()]);
    const ids = await Promise.all([ann, bob, eve].map((tab) => tab.call('id')));
    for (const tab of [ann, bob, eve]) await tab.call('join', room, url);
    for (const [place, tab] of [ann, bob, eve].entries()) {
      await tab.waitFor('meets', ...ids.filter((_, other) => other !== place));
    }
    await ann.call('send', 'hello');
    for (const tab of [bob, eve]) await tab.waitFor('received', `${String(ids[0])}: hello`);
    for (const tab of [ann, bob]) await tab.call('leave');
    await eve.waitFor('isAlone');
    await rooms.stop();
    await server.stop();
  }, 180_000);
});
