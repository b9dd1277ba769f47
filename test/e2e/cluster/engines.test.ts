import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { startNats } from '../../support/engines/nats-server.ts';
import { startRedis } from '../../support/engines/redis-server.ts';
import { ask } from '../../support/e2e/http.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE, SIGNALBOX_UWS, type ServerOptions } from '../../support/e2e/server-kinds.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { until } from '../../support/e2e/until.ts';
import { fresh } from '../../support/e2e/visit.ts';

const LEASE_MS = 1_500;
const PATIENCE_MS = 10_000;
const MANY = 300;
/** More than a broker keeps for an engine. */
const TOO_MANY = 25_000;

const ENGINES = [
  { engine: 'Redis', startEngine: startRedis },
  { engine: 'NATS', startEngine: startNats },
];

/** Brokers as processes of their own, on an engine of their own. */
describe.each(ENGINES)('brokers on one $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let servers: Server[];
  const options: ServerOptions = {
    ...{ cluster_lease: LEASE_MS, expire_timeout: 3_000, cleanup_out_msgs: 100, allow_discovery: true, drain_timeout: 500 },
    ...{ dialects: ['peerjs', 'relay'], log_level: 'error', message_burst: 10_000, mailbox_messages: 1_000 },
  };
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    servers = [];
  });
  const stopAll = async (): Promise<void> => {
    for (const server of servers.splice(0)) {
      server.end();
      await server.stop();
    }
  };
  afterEach(stopAll);
  const start = async (but: ServerOptions = {}): Promise<Server> => {
    const kind = servers.length % 2 === 0 ? SIGNALBOX_UWS : SIGNALBOX_NODE;
    const server = await Server.start({ kind, options: { ...options, cluster: engine.url, key: cluster, ...but } });
    servers.push(server);
    return server;
  };
  /** Each test has a realm of its own. */
  let cluster = '';
  beforeEach(() => {
    cluster = fresh('realm');
  });
  const pair = async (): Promise<[Server, Server]> => [await start(), await start()];

  it('M1, M17: peers of different brokers hear each other, in order', async () => {
    const [here, there] = await pair();
    const [ann, bob] = [await here.enters('ann'), await there.enters('bob')];
    for (let n = 0; n < MANY; n++) {
      ann.sends({ type: 'CANDIDATE', src: 'somebody', dst: bob.id, payload: n });
      bob.offers(ann.id, n);
    }
    for (const [hearer, sender] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      const heard = await hearer.hearsAll(MANY);
      expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
      expect(new Set(heard.map(({ src }) => src))).toEqual(new Set([sender.id]));
    }
  });

  it('O4, O5, O11: an id has one owner; its token takes it to another broker, and its mailbox with it', async () => {
    const [here, there] = await pair();
    const ann = await here.enters('ann');
    const thief = await there.opens({ id: ann.id });
    expect(await thief.hears()).toMatchObject({ type: 'ID-TAKEN' });
    const again = await there.enters('ann', { id: ann.id, token: ann.token });
    expect((await ann.closed()).code).toBe(4001);
    const bob = await here.enters('bob');
    bob.offers(again.id, 1);
    expect(await again.hears()).toMatchObject({ src: bob.id, payload: 1 });
    again.cut();
    const isAway = async (): Promise<true | undefined> =>
      (await here.asks(`${cluster}/peers`)).body.includes(ann.id) ? undefined : true;
    await until(PATIENCE_MS, 'ann to be away', isAway);
    bob.offers(ann.id, 'waits');
    const third = await here.enters('ann', { id: ann.id, token: ann.token });
    expect(await third.hears()).toMatchObject({ payload: 'waits' });
  });

  it('M13, M14: what nobody comes for is told to its sender, wherever that is by then', async () => {
    const [here, there] = await pair();
    const ann = await here.enters('ann');
    ann.offers('nobody');
    const again = await there.enters('ann', { id: ann.id, token: ann.token });
    expect(await again.hears()).toEqual({ type: 'EXPIRE', src: 'nobody', dst: ann.id });
  });

  it('H4, O6: the list of peers and their bound are those of the cluster', async () => {
    const [here, there] = [await start({ concurrent_limit: 2 }), await start({ concurrent_limit: 2 })];
    const [ann, bob] = [await here.enters('ann'), await there.enters('bob')];
    expect((JSON.parse((await here.asks(`${cluster}/peers`)).body) as string[]).sort()).toEqual([ann.id, bob.id].sort());
    expect(await (await there.opens()).hears()).toMatchObject({ type: 'ERROR' });
  });

  it('T4, REL2: what is published is heard at every broker, in order', async () => {
    const [here, there] = await pair();
    const [ann, bob] = [await here.opensAt('/relay'), await there.opensAt('/relay')];
    bob.sends({ type: 'subscribe', topics: ['garden'] }).sends({ type: 'ping' });
    expect(await bob.hears()).toEqual({ type: 'pong' });
    for (let n = 0; n < MANY; n++) ann.sends({ type: 'publish', topic: 'garden', n });
    expect((await bob.hearsAll(MANY)).map(({ n }) => n)).toEqual(Array.from({ length: MANY }, (_, n) => n));
  });

  it('a broker that is killed gives up its ids when its lease ends; what was sent to its peers waits for them', async () => {
    const [here, there] = await pair();
    const [ann, bob] = [await here.enters('ann'), await there.enters('bob')];
    here.signal('SIGKILL');
    await here.exited;
    bob.offers(ann.id, 'are you there?');
    const again = await there.enters('ann', { id: ann.id, token: ann.token });
    expect(await again.hears()).toMatchObject({ payload: 'are you there?' });
    again.cut();
    const stranger = await until(10_000, 'the id to be free', async () => there.enters('ann', { id: ann.id }));
    stranger.cut();
  });

  it('a lease that ends frees the id for another token', async () => {
    const [here, there] = await pair();
    const ann = await here.enters('ann');
    here.signal('SIGKILL');
    await here.exited;
    expect(await (await there.opens({ id: ann.id })).hears()).toMatchObject({ type: 'ID-TAKEN' });
    await until(10_000, 'the lease to end', () => there.enters('ann', { id: ann.id }));
  });

  it('a broker that was cut off serves its own peers meanwhile, and all hear each other again after', async () => {
    const wire = await TcpProxy.to(engine.port);
    const here = await start({ cluster: engine.urlAt(wire.port) });
    const there = await start();
    const [ann, amy, bob] = [await here.enters('ann'), await here.enters('amy'), await there.enters('bob')];
    wire.blocks();
    ann.offers(amy.id, 'near');
    expect(await amy.hears()).toMatchObject({ payload: 'near' });
    ann.offers(bob.id, 'far');
    wire.unblocks();
    expect(await bob.hears()).toMatchObject({ payload: 'far' });
    bob.offers(ann.id, 'back');
    expect(await ann.hears()).toMatchObject({ payload: 'back' });
    await wire.stop();
  });

  it('a broker that is cut off says so, and refuses what it is told to refuse', async () => {
    const wire = await TcpProxy.to(engine.port);
    const here = await start({ cluster: engine.urlAt(wire.port), cluster_cut: 'refuse' });
    const ann = await here.enters('ann');
    const ready = async (): Promise<number> => (await ask(here, '/readyz')).status;
    expect(await ready()).toBe(200);
    wire.blocks();
    await until(10_000, 'the broker to notice', async () => (await ready()) === 503 || undefined);
    expect((await ask(here, '/healthz')).status).toBe(200);
    ann.offers('far');
    expect(await ann.hears()).toMatchObject({ type: 'EXPIRE', src: 'far' });
    await expect(here.opens()).rejects.toThrow(/503/);
    wire.unblocks();
    await until(10_000, 'the broker to be back', async () => (await ready()) === 200 || undefined);
    (await here.enters('bob')).offers(ann.id, 'back');
    expect(await ann.hears()).toMatchObject({ payload: 'back' });
    await wire.stop();
  });

  it('O5: an id that was taken while its broker was cut off stays where it went, and the old socket is closed', async () => {
    const wire = await TcpProxy.to(engine.port);
    const here = await start({ cluster: engine.urlAt(wire.port) });
    const there = await start();
    const ann = await here.enters('ann');
    wire.blocks();
    const stranger = await until(10_000, 'the lease to end', () => there.enters('ann', { id: ann.id }));
    wire.unblocks();
    expect((await ann.closed()).code).toBe(4001);
    expect(stranger.isOpen).toBe(true);
    await wire.stop();
  });

  it('M13, M17: of what an engine that hangs can not take, a broker keeps so much, and tells the senders of the rest', async () => {
    const own = await startEngine();
    const patient = { cluster_lease: 60_000, expire_timeout: 60_000 };
    const roomy = {
      ...patient,
      message_burst: 2 * TOO_MANY,
      mailbox_messages: TOO_MANY,
      mailbox_bytes: 60_000_000,
      malformed_limit: 1_000,
    };
    const [here, there] = [await start({ cluster: own.url, ...roomy }), await start({ cluster: own.url, ...roomy })];
    const [ann, amy, bob] = [await here.enters('ann'), await here.enters('amy'), await there.enters('bob')];
    own.freeze();
    for (let n = 0; n < TOO_MANY; n++) ann.offers(bob.id, n);
    ann.offers(amy.id, 'near').offers(ann.id, 'the end');
    expect(await amy.hears()).toMatchObject({ payload: 'near' });
    const told: unknown[] = [];
    for (let frame = await ann.hears(); frame['type'] !== 'OFFER'; frame = await ann.hears()) told.push(frame['type']);
    expect(told.length).toBeGreaterThan(0);
    own.thaw();
    const heard = await bob.hearsAll(TOO_MANY - told.length);
    expect(new Set(told)).toEqual(new Set(['EXPIRE']));
    expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: heard.length }, (_, n) => n));
    await stopAll();
    await own.stop();
  });

  it('an engine that restarts and remembers has lost nothing, and neither has who spoke meanwhile', async () => {
    const own = await startEngine();
    const patient = { cluster: own.url, expire_timeout: 60_000 };
    const [here, there] = [await start(patient), await start(patient)];
    const [ann, bob] = [await here.enters('ann'), await there.enters('bob')];
    ann.offers('cem', 'before');
    bob.offers(ann.id, 'all is well');
    expect(await ann.hears()).toMatchObject({ payload: 'all is well' });
    const restarted = own.restart('kept');
    ann.offers('cem', 'meanwhile').offers(bob.id, 'meanwhile');
    await restarted;
    expect(await bob.hears()).toMatchObject({ payload: 'meanwhile' });
    const cem = await there.enters('cem', { id: 'cem' });
    expect((await cem.hearsAll(2)).map(({ payload }) => payload)).toEqual(['before', 'meanwhile']);
    expect([ann.isOpen, bob.isOpen]).toEqual([true, true]);
    await stopAll();
    await own.stop();
  });

  it('an engine that has forgotten everything is told again who is there', async () => {
    const own = await startEngine();
    const [here, there] = [await start({ cluster: own.url }), await start({ cluster: own.url })];
    const [ann, bob] = [await here.enters('ann'), await there.enters('bob')];
    await own.restart('lost');
    await until(10_000, 'ann to reach bob', async () => {
      ann.offers(bob.id, 'again');
      const frame = await bob.hearsText(300).catch(() => undefined);
      return frame?.includes('again');
    });
    expect(await (await there.opens({ id: ann.id })).hears()).toMatchObject({ type: 'ID-TAKEN' });
    await stopAll();
    await own.stop();
  });
});

describe('an engine that nobody answers at', () => {
  it.each(['redis', 'nats'])('%s ends the start with one line, without its password', async (kind) => {
    const start = Server.start({ kind: SIGNALBOX_NODE, options: { cluster: `${kind}://user:secret@127.0.0.1:1` } });
    const error = await start.catch(String);
    expect(error).toContain(`the engine at ${kind}://127.0.0.1:1 can't be reached`);
    expect(error).not.toContain('secret');
  });
});
