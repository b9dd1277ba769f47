import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Stages } from '../../support/e2e/stages.ts';
import { fresh } from '../../support/e2e/visit.ts';

/* y-webrtc itself, and the core of Trystero, in Chromium, through the broker. */

let stages: Stages;
beforeAll(async () => {
  stages = await Stages.start('y-webrtc.js');
});
afterAll(() => stages.stop());

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('y-webrtc through $name', (kind) => {
  const start = (port?: number): Promise<Server> =>
    Server.start({ kind, options: { dialects: ['peerjs', 'relay'] }, ...(port === undefined ? {} : { port }) });

  it('REL1, REL2: three tabs share one document', async () => {
    const server = await start();
    const [room, url] = [fresh('room'), `ws://${server.host}:${server.port}/relay`];
    const tabs = await Promise.all([stages.tab(), stages.tab(), stages.tab()]);
    for (const [place, tab] of tabs.entries()) {
      await tab.does('join', room, url);
      await tab.does('write', `word${place}`);
    }
    for (const tab of tabs) await tab.until('reads', 'word0', 'word1', 'word2');
    await Promise.all(tabs.map((tab) => tab.closes()));
    expect(await server.stop()).toMatchObject({ code: 0 });
  });

  it('REL1: a broker that was restarted is found again, and brings new ones together', async () => {
    const first = await start();
    const [room, url] = [fresh('room'), `ws://${first.host}:${first.port}/relay`];
    const [ann, bob] = await Promise.all([stages.tab(), stages.tab()]);
    await ann.does('join', room, url);
    await ann.until('isSignalled');
    await first.stop();
    const second = await start(first.port);
    await ann.until('isSignalled');
    await bob.does('join', room, url);
    await ann.does('write', 'after');
    await bob.until('reads', 'after');
    await Promise.all([ann.closes(), bob.closes()]);
    await second.stop();
  });
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('Trystero through $name', (kind) => {
  it('REL4: three tabs meet in a room, speak, and see one leave', async () => {
    const server = await Server.start({ kind, options: { dialects: ['peerjs', 'relay'] } });
    const rooms = await Stages.start('trystero.js');
    const [room, url] = [fresh('room'), `ws://${server.host}:${server.port}/relay`];
    const [ann, bob, eve] = await Promise.all([rooms.tab(), rooms.tab(), rooms.tab()]);
    const ids = await Promise.all([ann, bob, eve].map((tab) => tab.does('id')));
    for (const tab of [ann, bob, eve]) await tab.does('join', room, url);
    for (const [place, tab] of [ann, bob, eve].entries()) await tab.until('meets', ...ids.filter((_, other) => other !== place));
    await ann.does('says', 'hello');
    for (const tab of [bob, eve]) await tab.until('heard', `${String(ids[0])}: hello`);
    for (const tab of [ann, bob]) await tab.does('leave');
    await eve.until('isAlone');
    await rooms.stop();
    await server.stop();
  }, 180_000);
});
