import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { Tabs, type ClientOptions } from '../../support/e2e/browser.ts';
import type { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { Brokers, ENGINES } from '../cluster/brokers.ts';

const PATIENT = { cluster_lease: 60_000, expire_timeout: 60_000 };
const TEST_TIMEOUT_MS = 240_000;

/** The PeerJS client sends as soon as its socket is open. A broker of a cluster sends OPEN when the engine has answered. */
describe.each(ENGINES)('peerjs in Chromium, at brokers on $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  let tabs: Tabs;
  beforeAll(async () => {
    engine = await startEngine();
    brokers = new Brokers(engine);
    tabs = await Tabs.start();
  });
  afterAll(async () => {
    engine.thaw();
    await tabs.stop();
    await brokers.stop();
    await engine.stop();
  });

  it(
    'O14: a connection that a page requests before OPEN is made',
    async () => {
      const [here, there] = await brokers.pair(PATIENT);
      const [user, bobId] = [await tabs.newUser(), uniqueName('bob')];
      const bob = await user.openConnectedTab(bobId, clientOptions(there));
      engine.freeze();
      const ann = await user.openTab(uniqueName('ann'), clientOptions(here));
      await ann.call('waitForSocket');
      const offered = ann.waitForSentFrame('OFFER');
      await ann.call('connect', bobId);
      await offered;
      expect(await ann.call('events')).toEqual([]);
      engine.thaw();
      await Promise.all([ann.waitForEvent('connected'), bob.waitForEvent('connected')]);
      expect(await bob.waitForEvent('connection')).toBe(await ann.waitForEvent('open'));
    },
    TEST_TIMEOUT_MS,
  );
});

function clientOptions({ host, port, path, key, secure }: Server): ClientOptions {
  return { host, port, path, key, secure };
}
