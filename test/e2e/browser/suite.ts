import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Tabs, type ClientOptions, type Tab, type Visitor } from '../../support/e2e/browser.ts';
import { Server } from '../../support/e2e/server.ts';
import type { ServerKind, ServerOptions } from '../../support/e2e/server-kinds.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { fresh } from '../../support/e2e/visit.ts';

const CERTIFICATE = { sslkey: 'test/support/tls/localhost.key', sslcert: 'test/support/tls/localhost.crt' };

/** What the real client in a real browser does with a broker, and what both promise there. */
export function browserSuite(kind: ServerKind): void {
  describe(`peerjs in Chromium, on ${kind.name}`, () => {
    const { visitor, broker } = stage(kind);

    it('M1: two tabs find each other, and speak both ways', async () => {
      const at = clientOf(await broker());
      const [ann, bob] = await pair(await visitor(), at);
      await meet(ann, bob);
      await speak(ann, bob);
    });

    it('M1: a call is answered, and both see a moving picture', async () => {
      const at = clientOf(await broker());
      const bobsId = fresh('bob');
      const guests = await visitor();
      const [ann, bob] = [await guests.enters(null, at), await guests.enters(bobsId, at)];
      await ann.does('call', bobsId);
      await bob.hears('call');
      for (const tab of [ann, bob]) expect(await tab.hears('plays')).toMatch(/^[1-9]\d+x[1-9]\d+$/);
    });

    it('O11: a peer that comes late is reached: its offer waited', async () => {
      const at = clientOf(await broker());
      const [guests, late] = [await visitor(), fresh('late')];
      const ann = await guests.enters(fresh('ann'), at);
      const offered = ann.tellsTheBroker('OFFER');
      await ann.does('connect', late);
      await offered;
      const bob = await guests.opens(late, at);
      await Promise.all([ann.hears('connected'), bob.hears('connected')]);
      await speak(ann, bob);
    });

    it('M14: who connects to a peer that does not come is told peer-unavailable', async () => {
      const at = clientOf(await broker({ expire_timeout: 500 }));
      const ann = await (await visitor()).enters(null, at);
      await ann.does('connect', 'nobody');
      expect(await ann.hears('error')).toBe('peer-unavailable: Could not connect to peer nobody');
    });

    it('O4: an id that another tab holds is unavailable-id', async () => {
      const at = clientOf(await broker());
      const [guests, id] = [await visitor(), fresh('ann')];
      await guests.enters(id, at);
      const other = await guests.opens(id, at);
      expect(await other.hears('error')).toBe(`unavailable-id: ID "${id}" is taken`);
    });

    it('O2: a wrong key is an error that says so', async () => {
      const at = clientOf(await broker({ key: 'secret' }));
      const ann = await (await visitor()).opens(fresh('ann'), { ...at, key: 'guess' });
      expect(await ann.hears('error')).toBe('server-error: Invalid key provided');
    });

    it('H4: with discovery on, a page of another origin lists all peers', async () => {
      const at = clientOf(await broker({ allow_discovery: true }));
      const guests = await visitor();
      const ids = [fresh('ann'), fresh('bob')];
      const [ann] = [await guests.enters(ids[0] ?? '', at), await guests.enters(ids[1] ?? '', at)];
      expect(await ann.does('list')).toEqual(ids);
    });

    it('O3: a broker below a path is found there', async () => {
      const at = clientOf(await broker({ path: '/myapp' }));
      const [ann, bob] = await pair(await visitor(), at);
      await meet(ann, bob);
    });

    it('O3: a broker with a certificate is found', async () => {
      const at = clientOf(await broker(CERTIFICATE));
      const [ann, bob] = await pair(await visitor(), at);
      await meet(ann, bob);
      await speak(ann, bob);
    });

    it('L4: the id of a tab that was closed is free', async () => {
      const at = clientOf(await broker());
      const [guests, id] = [await visitor(), fresh('ann')];
      await (await guests.enters(id, at)).closes();
      await guests.enters(id, at);
    });
  });
}

/** What the reference does not do for its own client. */
export function comingBackSuite(kind: ServerKind): void {
  describe(`coming back with peerjs in Chromium, on ${kind.name}`, () => {
    const { visitor, broker } = stage(kind);

    it('O5: after disconnect() and reconnect(), open fires again, and others are reached', async () => {
      const at = clientOf(await broker());
      const [ann, bob] = await pair(await visitor(), at);
      const id = await ann.hears('open');
      await ann.does('disconnect');
      await ann.hears('disconnected');
      await ann.does('reconnect');
      expect(await ann.hears('open', 2)).toBe(id);
      await meet(ann, bob);
      await speak(ann, bob);
    });

    it('O5: disconnect() and reconnect() in one breath never miss open', async () => {
      const at = clientOf(await broker());
      const ann = await (await visitor()).enters(fresh('ann'), at);
      for (let nth = 2; nth <= 11; nth++) {
        await Promise.all([ann.does('disconnect'), ann.does('reconnect')]);
        await ann.hears('open', nth);
      }
    });

    it('L2: after the wire was cut, reconnect() opens again, and others are reached', async () => {
      const { ann, bob, wire } = await overWire();
      wire.cut();
      await comesBack(ann);
      await meet(bob, ann);
      await speak(bob, ann);
    });

    it('O5: after a loss that the broker has not noticed, reconnect() opens again, and others are reached', async () => {
      const { ann, bob, wire } = await overWire();
      wire.cutUnnoticed();
      await comesBack(ann);
      await meet(bob, ann);
      await speak(bob, ann);
    });

    it('O5: while the broker restarts, what is connected stays so, and then reconnect() opens again', async () => {
      const server = await broker();
      const at = clientOf(server);
      const [ann, bob] = await pair(await visitor(), at);
      await meet(ann, bob);
      await server.stop();
      await Promise.all([ann.hears('disconnected'), bob.hears('disconnected')]);
      await speak(ann, bob);

      await broker({}, server.port);
      for (const tab of [ann, bob]) await tab.does('reconnect');
      await Promise.all([ann.hears('open', 2), bob.hears('open', 2)]);
      await bob.does('connect', await ann.hears('open'));
      await ann.hears('connection');
      await ann.hears('connected', 2);
    });

    async function overWire(): Promise<{ ann: Tab; bob: Tab; wire: TcpProxy }> {
      const server = await broker();
      const wire = await TcpProxy.to(server.port);
      onTestFinished(() => wire.stop());
      const guests = await visitor();
      const ann = await guests.enters(fresh('ann'), { ...clientOf(server), port: wire.port });
      const bob = await guests.enters(fresh('bob'), clientOf(server));
      return { ann, bob, wire };
    }
  });
}

/** One browser for a file; brokers and visitors for a test. */
interface Stage {
  visitor(): Promise<Visitor>;
  broker(options?: ServerOptions, port?: number): Promise<Server>;
}

function stage(kind: ServerKind): Stage {
  let tabs: Tabs | undefined;
  beforeAll(async () => {
    tabs = await Tabs.start();
  });
  afterAll(() => tabs?.stop());

  return {
    visitor: async () => {
      const visitor = await (tabs ?? expect.fail('the browser did not start')).visitor();
      onTestFinished(() => visitor.leaves());
      return visitor;
    },
    broker: async (options = {}, port = undefined) => {
      const starting = { kind, options: { cleanup_out_msgs: 100, ...options } };
      const server = await Server.start(port === undefined ? starting : { ...starting, port });
      onTestFinished(async () => {
        await server.stop();
      });
      return server;
    },
  };
}

function clientOf({ host, port, path, key, secure }: Server): ClientOptions {
  return { host, port, path, key, secure };
}

function pair(guests: Visitor, at: ClientOptions): Promise<[Tab, Tab]> {
  return Promise.all([guests.enters(fresh('ann'), at), guests.enters(fresh('bob'), at)]);
}

/** Waits until the library has noticed its loss, and lets it come back. */
async function comesBack(tab: Tab): Promise<void> {
  await tab.hears('disconnected');
  expect(await tab.hears('error')).toMatch(/^network: /);
  await tab.does('reconnect');
  await tab.hears('open', 2);
}

async function meet(one: Tab, other: Tab): Promise<void> {
  await one.does('connect', await other.hears('open'));
  await other.hears('connection');
  await Promise.all([one.hears('connected'), other.hears('connected')]);
}

async function speak(one: Tab, other: Tab): Promise<void> {
  await one.does('say', 'hello');
  expect(await other.hears('heard')).toMatch(/: hello$/);
  await other.does('say', 'hello yourself');
  expect(await one.hears('heard')).toMatch(/: hello yourself$/);
}
