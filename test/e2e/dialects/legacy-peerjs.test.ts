import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { legacyPeerjs } from '../../support/e2e/legacy-peerjs.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { ScriptPages, type ScriptPage } from '../../support/e2e/script-pages.ts';
import { elapsed } from '../../support/e2e/until.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

/* The PeerJS 0.3 client in Chromium, with itself and with the current client. */

/** The 0.3 client closes its stream five seconds after its socket is open. */
const STREAM_TIMEOUT_MS = 5_500;

let legacy: ScriptPages;
let current: ScriptPages;
beforeAll(async () => {
  legacy = await ScriptPages.start('peerjs.js', await legacyPeerjs());
  current = await ScriptPages.start('peerjs.js', readFileSync(join(ROOT, 'node_modules/peerjs/dist/peerjs.min.js'), 'utf8'));
});
afterAll(async () => {
  await legacy.stop();
  await current.stop();
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('peerjs 0.3.14 on $name', (kind) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ kind, options: { legacy_xhr: true } });
  });
  afterAll(() => server.stop());

  async function openPeer(pages: ScriptPages, { isBlocked = false } = {}): Promise<{ tab: ScriptPage; id: string }> {
    const tab = await pages.openPage();
    const id = uniqueName('peer').replaceAll('-', '');
    const { host, port } = server;
    await tab.call('open', id, { host, port, path: '/', key: 'peerjs' }, isBlocked);
    await tab.waitFor('saw', 'open');
    return { tab, id };
  }

  async function exchange(from: ScriptPage, to: { tab: ScriptPage; id: string }): Promise<void> {
    await from.call('connect', to.id);
    await from.waitFor('saw', 'connected');
    await from.call('send', 'hello');
    await to.tab.waitFor('received', 'hello');
    await to.tab.call('send', 'hello back');
    await from.waitFor('received', 'hello back');
  }

  it('X2, X6: connects over the stream only, to a current client and from one', async () => {
    const ann = await openPeer(legacy, { isBlocked: true });
    const bob = await openPeer(current);
    await exchange(ann.tab, bob);
    const [eve, sue] = [await openPeer(current), await openPeer(legacy, { isBlocked: true })];
    await exchange(eve.tab, sue);
    for (const { tab } of [ann, bob, eve, sue]) await tab.close();
  });

  it('X5: opens once with a socket and a stream, and stays connected after the stream ends', async () => {
    const [ann, bob] = [await openPeer(legacy), await openPeer(current)];
    await elapsed(STREAM_TIMEOUT_MS);
    expect([await ann.tab.call('count', 'open'), await ann.tab.call('events')]).toEqual([1, ['open']]);
    await exchange(bob.tab, ann);
    for (const { tab } of [ann, bob]) await tab.close();
  });

  it('X5: connects to another 0.3 client', async () => {
    const [ann, bob] = [await openPeer(legacy), await openPeer(legacy)];
    await exchange(ann.tab, bob);
    for (const { tab } of [ann, bob]) await tab.close();
  });
});
