import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Tabs, type ClientOptions, type Tab, type BrowserUser } from '../../support/e2e/browser.ts';
import { Server } from '../../support/e2e/server.ts';
import type { ServerKind, ServerOptions } from '../../support/e2e/server-kinds.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { uniqueName } from '../../support/e2e/server-client.ts';

const CERTIFICATE = { sslkey: 'test/support/tls/localhost.key', sslcert: 'test/support/tls/localhost.crt' };

/** Tests of the PeerJS client in Chromium that every PeerJS server passes. */
export function browserSuite(kind: ServerKind): void {
  describe(`peerjs in Chromium, on ${kind.name}`, () => {
    const { newUser, broker } = stage(kind);

    it('M1: two tabs connect, and send messages in both directions', async () => {
      const options = clientOptions(await broker());
      const [ann, bob] = await pair(await newUser(), options);
      await connectTabs(ann, bob);
      await exchange(ann, bob);
    });

    it('M1: a call is answered, and both tabs play the video', async () => {
      const options = clientOptions(await broker());
      const bobId = uniqueName('bob');
      const user = await newUser();
      const [ann, bob] = [await user.openConnectedTab(null, options), await user.openConnectedTab(bobId, options)];
      await ann.call('call', bobId);
      await bob.waitForEvent('call');
      for (const tab of [ann, bob]) expect(await tab.waitForEvent('plays')).toMatch(/^[1-9]\d+x[1-9]\d+$/);
    });

    it('O11: a peer that connects later receives the waiting offer', async () => {
      const options = clientOptions(await broker());
      const [user, late] = [await newUser(), uniqueName('late')];
      const ann = await user.openConnectedTab(uniqueName('ann'), options);
      const offerSent = ann.waitForSentFrame('OFFER');
      await ann.call('connect', late);
      await offerSent;
      const bob = await user.openTab(late, options);
      await Promise.all([ann.waitForEvent('connected'), bob.waitForEvent('connected')]);
      await exchange(ann, bob);
    });

    it('M14: a connection to a peer that never connects fails with peer-unavailable', async () => {
      const options = clientOptions(await broker({ expire_timeout: 500 }));
      const ann = await (await newUser()).openConnectedTab(null, options);
      await ann.call('connect', 'nobody');
      expect(await ann.waitForEvent('error')).toBe('peer-unavailable: Could not connect to peer nobody');
    });

    it('O4: the id of another tab fails with unavailable-id', async () => {
      const options = clientOptions(await broker());
      const [user, id] = [await newUser(), uniqueName('ann')];
      await user.openConnectedTab(id, options);
      const other = await user.openTab(id, options);
      expect(await other.waitForEvent('error')).toBe(`unavailable-id: ID "${id}" is taken`);
    });

    it('O2: a wrong key fails with an error that names it', async () => {
      const options = clientOptions(await broker({ key: 'secret' }));
      const ann = await (await newUser()).openTab(uniqueName('ann'), { ...options, key: 'guess' });
      expect(await ann.waitForEvent('error')).toBe('server-error: Invalid key provided');
    });

    it('H2, O2: a wrong key fails with the same error if the client asks for an id', async () => {
      const options = clientOptions(await broker({ key: 'secret' }));
      const ann = await (await newUser()).openTab(null, { ...options, key: 'guess' });
      expect(await ann.waitForEvent('error')).toBe('server-error: Invalid key provided');
    });

    it('H4: a page of another origin lists all peers if discovery is on', async () => {
      const options = clientOptions(await broker({ allow_discovery: true }));
      const user = await newUser();
      const ids = [uniqueName('ann'), uniqueName('bob')];
      const [ann] = [await user.openConnectedTab(ids[0] ?? '', options), await user.openConnectedTab(ids[1] ?? '', options)];
      expect(await ann.call('list')).toEqual(ids);
    });

    it('O3: a client connects to a broker under a path', async () => {
      const options = clientOptions(await broker({ path: '/myapp' }));
      const [ann, bob] = await pair(await newUser(), options);
      await connectTabs(ann, bob);
    });

    it('O3: a client connects to a broker with a certificate', async () => {
      const options = clientOptions(await broker(CERTIFICATE));
      const [ann, bob] = await pair(await newUser(), options);
      await connectTabs(ann, bob);
      await exchange(ann, bob);
    });

    it('L4: the id of a closed tab is free', async () => {
      const options = clientOptions(await broker());
      const [user, id] = [await newUser(), uniqueName('ann')];
      await (await user.openConnectedTab(id, options)).close();
      await user.openConnectedTab(id, options);
    });
  });
}

/** Tests of reconnects in Chromium, which the reference server does not pass. */
export function reconnectSuite(kind: ServerKind): void {
  describe(`reconnecting with peerjs in Chromium, on ${kind.name}`, () => {
    const { newUser, broker } = stage(kind);

    it('O5: open fires again after disconnect() and reconnect(), and other peers can be reached', async () => {
      const options = clientOptions(await broker());
      const [ann, bob] = await pair(await newUser(), options);
      const id = await ann.waitForEvent('open');
      await ann.call('disconnect');
      await ann.waitForEvent('disconnected');
      await ann.call('reconnect');
      expect(await ann.waitForEvent('open', 2)).toBe(id);
      await connectTabs(ann, bob);
      await exchange(ann, bob);
    });

    it('O5: open fires also if reconnect() follows disconnect() at once', async () => {
      const options = clientOptions(await broker());
      const ann = await (await newUser()).openConnectedTab(uniqueName('ann'), options);
      for (let nth = 2; nth <= 11; nth++) {
        await Promise.all([ann.call('disconnect'), ann.call('reconnect')]);
        await ann.waitForEvent('open', nth);
      }
    });

    it('L2: reconnect() opens again after a lost TCP connection, and other peers can be reached', async () => {
      const { ann, bob, proxy } = await overProxy();
      proxy.cut();
      await reconnect(ann);
      await connectTabs(bob, ann);
      await exchange(bob, ann);
    });

    it('O5: reconnect() opens again after a loss that the broker has not detected, and other peers can be reached', async () => {
      const { ann, bob, proxy } = await overProxy();
      proxy.cutNearSide();
      await reconnect(ann);
      await connectTabs(bob, ann);
      await exchange(bob, ann);
    });

    it('O5: peer connections survive a broker restart, and reconnect() opens again', async () => {
      const server = await broker();
      const options = clientOptions(server);
      const [ann, bob] = await pair(await newUser(), options);
      await connectTabs(ann, bob);
      await server.stop();
      await Promise.all([ann.waitForEvent('disconnected'), bob.waitForEvent('disconnected')]);
      await exchange(ann, bob);

      await broker({}, server.port);
      for (const tab of [ann, bob]) await tab.call('reconnect');
      await Promise.all([ann.waitForEvent('open', 2), bob.waitForEvent('open', 2)]);
      await bob.call('connect', await ann.waitForEvent('open'));
      await ann.waitForEvent('connection');
      await ann.waitForEvent('connected', 2);
    });

    async function overProxy(): Promise<{ ann: Tab; bob: Tab; proxy: TcpProxy }> {
      const server = await broker();
      const proxy = await TcpProxy.to(server.port);
      onTestFinished(() => proxy.stop());
      const user = await newUser();
      const ann = await user.openConnectedTab(uniqueName('ann'), { ...clientOptions(server), port: proxy.port });
      const bob = await user.openConnectedTab(uniqueName('bob'), clientOptions(server));
      return { ann, bob, proxy };
    }
  });
}

/** One browser for each file; brokers and browser contexts for each test. */
interface TestStage {
  newUser(): Promise<BrowserUser>;
  broker(options?: ServerOptions, port?: number): Promise<Server>;
}

function stage(kind: ServerKind): TestStage {
  let tabs: Tabs | undefined;
  beforeAll(async () => {
    tabs = await Tabs.start();
  });
  afterAll(() => tabs?.stop());

  return {
    newUser: async () => {
      const user = await (tabs ?? expect.fail('the browser did not start')).newUser();
      onTestFinished(() => user.close());
      return user;
    },
    broker: async (options = {}, port) => {
      const start = { kind, options: { cleanup_out_msgs: 100, ...options } };
      const server = await Server.start(port === undefined ? start : { ...start, port });
      onTestFinished(async () => {
        await server.stop();
      });
      return server;
    },
  };
}

function clientOptions({ host, port, path, key, secure }: Server): ClientOptions {
  return { host, port, path, key, secure };
}

function pair(user: BrowserUser, options: ClientOptions): Promise<[Tab, Tab]> {
  return Promise.all([user.openConnectedTab(uniqueName('ann'), options), user.openConnectedTab(uniqueName('bob'), options)]);
}

/** Waits until the client has detected the loss, and reconnects it. */
async function reconnect(tab: Tab): Promise<void> {
  await tab.waitForEvent('disconnected');
  expect(await tab.waitForEvent('error')).toMatch(/^network: /);
  await tab.call('reconnect');
  await tab.waitForEvent('open', 2);
}

async function connectTabs(one: Tab, other: Tab): Promise<void> {
  await one.call('connect', await other.waitForEvent('open'));
  await other.waitForEvent('connection');
  await Promise.all([one.waitForEvent('connected'), other.waitForEvent('connected')]);
}

async function exchange(one: Tab, other: Tab): Promise<void> {
  await one.call('send', 'hello');
  expect(await other.waitForEvent('received')).toMatch(/: hello$/);
  await other.call('send', 'hello yourself');
  expect(await one.waitForEvent('received')).toMatch(/: hello yourself$/);
}
