import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Tabs, type BrowserUser, type ClientOptions, type Tab } from '../../support/e2e/browser.ts';
import { Coturn } from '../../support/e2e/coturn.ts';
import { Server } from '../../support/e2e/server.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';
import { LOOPBACK, SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';

const OLD = 'the-old-secret-of-the-tests';
const NEW = 'the-new-secret-of-the-tests';

const stops: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

let tabs: Tabs | undefined;
beforeAll(async () => {
  tabs = await Tabs.start();
});
afterAll(() => tabs?.stop());

async function newUser(): Promise<BrowserUser> {
  const user = await (tabs ?? expect.fail('the browser did not start')).newUser();
  stops.push(() => user.close());
  return user;
}

async function startCoturn(...secrets: string[]): Promise<Coturn> {
  const coturn = await Coturn.start(secrets, { relaysToLoopback: true });
  stops.push(() => coturn.stop());
  return coturn;
}

const urlOf = ({ port }: Coturn): string => `turn:${LOOPBACK}:${port}?transport=udp`;

/** A data channel whose both ends are relayed, and that transports a message. */
async function connectRelayed(ann: Tab, bob: Tab, bobId: string, nth = 1): Promise<void> {
  await ann.call('connect', bobId);
  await Promise.all([ann.waitForEvent('connected', nth), bob.waitForEvent('connected', nth)]);
  expect([await ann.call('candidateTypes'), await bob.call('candidateTypes')]).toEqual([
    ['relay', 'relay'],
    ['relay', 'relay'],
  ]);
  await ann.call('send', `message ${nth}`);
  expect(await bob.waitForEvent('received', nth)).toMatch(new RegExp(`: message ${nth}$`));
}

describe.each([SIGNALBOX_NODE, SIGNALBOX_UWS])('ICE servers of $name in Chromium', (kind) => {
  async function start(coturn: Coturn, secrets: string, options: ServerOptions = {}, port?: number): Promise<Server> {
    const environment = { SIGNALBOX_TURN: urlOf(coturn), SIGNALBOX_TURN_SECRET: secrets };
    const server = await Server.start({ kind, environment, options, ...(port === undefined ? {} : { port }) });
    stops.push(() => server.stop());
    return server;
  }

  const clientOf = ({ port }: Server): ClientOptions => ({ host: LOOPBACK, port, path: '/', key: 'peerjs' });

  it('I7: two tabs connect through coturn only, and again after the secret was rotated', async () => {
    const coturn = await startCoturn(OLD, NEW);
    const server = await start(coturn, OLD);
    const [user, annId, bobId] = [await newUser(), uniqueName('ann'), uniqueName('bob')];
    const ann = await user.openConnectedTab(annId, clientOf(server));
    const bob = await user.openConnectedTab(bobId, clientOf(server));
    for (const tab of [ann, bob]) expect(await tab.call('fetchIce', 'relay')).toEqual([urlOf(coturn)]);
    await connectRelayed(ann, bob, bobId);

    await server.stop();
    await Promise.all([ann.waitForEvent('disconnected'), bob.waitForEvent('disconnected')]);
    await start(coturn, `${NEW},${OLD}`, {}, server.port);
    for (const tab of [ann, bob]) {
      await tab.call('reconnect');
      await tab.waitForEvent('open', 2);
      await tab.call('fetchIce', 'relay');
    }
    await connectRelayed(ann, bob, bobId, 2);
  });

  it('I12: an offer that waits for a peer is answered with the ICE servers that were pushed before OPEN', async () => {
    const coturn = await startCoturn(NEW);
    const server = await start(coturn, NEW, { ice_push: true, expire_timeout: 60_000 });
    const [user, bobId] = [await newUser(), uniqueName('bob')];
    const config = { iceServers: [], iceTransportPolicy: 'relay' } as const;
    const ann = await user.openConnectedTab(uniqueName('ann'), { ...clientOf(server), config, takesIce: true });
    const offerSent = ann.waitForSentFrame('OFFER');
    const connected = ann.call('connect', bobId);
    await offerSent;
    const bob = await user.openTab(bobId, { ...clientOf(server), config, takesIce: true });
    await Promise.all([connected, ann.waitForEvent('connected'), bob.waitForEvent('connected')]);
    expect(await bob.call('candidateTypes')).toEqual(['relay', 'relay']);
  });

  it('I12: a page that does not expect the message is not disturbed by it', async () => {
    const coturn = await startCoturn(NEW);
    const server = await start(coturn, NEW, { ice_push: true });
    const [user, bobId] = [await newUser(), uniqueName('bob')];
    const ann = await user.openConnectedTab(uniqueName('ann'), clientOf(server));
    const bob = await user.openConnectedTab(bobId, clientOf(server));
    await ann.call('connect', bobId);
    await Promise.all([ann.waitForEvent('connected'), bob.waitForEvent('connected')]);
    const events = (await bob.call('events')) as { event: string }[];
    expect(events.map(({ event }) => event)).toEqual(['open', 'connection', 'connected']);
  });
});
