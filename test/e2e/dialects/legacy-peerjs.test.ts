import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../architecture/tree.ts';
import { legacyPeerjs } from '../../support/e2e/legacy-peerjs.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS } from '../../support/e2e/server-kinds.ts';
import { Stages, type Stage } from '../../support/e2e/stages.ts';
import { elapsed } from '../../support/e2e/until.ts';
import { fresh } from '../../support/e2e/visit.ts';

/* The client of the first generation, in Chromium, alone and with the one of today. */

/** The old client gives its stream up five seconds after its socket is open. */
const STREAM_GIVEN_UP_MS = 5_500;

let old: Stages;
let young: Stages;
beforeAll(async () => {
  old = await Stages.start('peerjs.js', await legacyPeerjs());
  young = await Stages.start('peerjs.js', readFileSync(join(ROOT, 'node_modules/peerjs/dist/peerjs.min.js'), 'utf8'));
});
afterAll(async () => {
  await old.stop();
  await young.stop();
});

describe.each([SIGNALBOX_UWS, SIGNALBOX_NODE])('peerjs 0.3.14 on $name', (kind) => {
  let server: Server;
  beforeAll(async () => {
    server = await Server.start({ kind, options: { legacy_xhr: true } });
  });
  afterAll(() => server.stop());

  async function opened(stages: Stages, { isBlocked = false } = {}): Promise<{ tab: Stage; id: string }> {
    const tab = await stages.tab();
    const id = fresh('peer').replaceAll('-', '');
    const { host, port } = server;
    await tab.does('open', id, { host, port, path: '/', key: 'peerjs' }, isBlocked);
    await tab.until('saw', 'open');
    return { tab, id };
  }

  async function talk(from: Stage, to: { tab: Stage; id: string }): Promise<void> {
    await from.does('connect', to.id);
    await from.until('saw', 'connected');
    await from.does('tell', 'hello');
    await to.tab.until('heard', 'hello');
    await to.tab.does('tell', 'hello back');
    await from.until('heard', 'hello back');
  }

  it('X2, X6: connects through the stream alone, to a client of today and from one', async () => {
    const ann = await opened(old, { isBlocked: true });
    const bob = await opened(young);
    await talk(ann.tab, bob);
    const [eve, sue] = [await opened(young), await opened(old, { isBlocked: true })];
    await talk(eve.tab, sue);
    for (const { tab } of [ann, bob, eve, sue]) await tab.closes();
  });

  it('X5: opens once where socket and stream are there, and stays when the stream is given up', async () => {
    const [ann, bob] = [await opened(old), await opened(young)];
    await elapsed(STREAM_GIVEN_UP_MS);
    expect([await ann.tab.does('count', 'open'), await ann.tab.does('diary')]).toEqual([1, ['open']]);
    await talk(bob.tab, ann);
    for (const { tab } of [ann, bob]) await tab.closes();
  });

  it('X5: two of the first generation connect', async () => {
    const [ann, bob] = [await opened(old), await opened(old)];
    await talk(ann.tab, bob);
    for (const { tab } of [ann, bob]) await tab.closes();
  });
});
