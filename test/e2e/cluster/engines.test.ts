import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { Brokers, ENGINES, PATIENCE_MS } from './brokers.ts';

const MANY = 300;
const MANY_VISITORS = 60;
const RACES = 20;
/** More than a broker keeps for an engine. */
const TOO_MANY = 25_000;

describe.each(ENGINES)('brokers on one $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(() => {
    brokers = new Brokers(engine);
  });
  afterEach(() => brokers.stop());

  it('M1, M17: peers of different brokers hear each other, in order', async () => {
    const [here, there] = await brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) {
      ann.send({ type: 'CANDIDATE', src: 'somebody', dst: bob.id, payload: n });
      bob.sendOffer(ann.id, n);
    }
    for (const [hearer, sender] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      const heard = await hearer.receiveMany(MANY);
      expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
      expect(new Set(heard.map(({ src }) => src))).toEqual(new Set([sender.id]));
    }
  });

  it('M1: what a peer says right before it goes is heard', async () => {
    const [here, there] = await brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    ann.socket.close();
    expect((await bob.receiveMany(MANY)).map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
  });

  it('O4, O5, O11: an id has one owner; its token takes it to another broker, and its mailbox with it', async () => {
    const [here, there] = await brokers.pair();
    const ann = await here.connectPeer('ann');
    const thief = await there.connect({ id: ann.id });
    expect(await thief.receive()).toMatchObject({ type: 'ID-TAKEN' });
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect((await ann.closed()).code).toBe(4001);
    const bob = await here.connectPeer('bob');
    bob.sendOffer(again.id, 1);
    expect(await again.receive()).toMatchObject({ src: bob.id, payload: 1 });
    again.cut();
    const isAway = async (): Promise<true | undefined> =>
      (await here.request(`${brokers.realm}/peers`)).body.includes(ann.id) ? undefined : true;
    await until(PATIENCE_MS, 'ann to be away', isAway);
    bob.sendOffer(ann.id, 'waits');
    const third = await here.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await third.receive()).toMatchObject({ payload: 'waits' });
  });

  it('O5: of two sockets that come to two brokers at once with one token, one stays open', async () => {
    const [here, there] = await brokers.pair();
    const twins = await Promise.all(
      Array.from({ length: RACES }, (_, n) =>
        Promise.all([here, there].map((broker) => broker.connect({ id: `twin ${n}`, token: 'of both' }))),
      ),
    );
    await until(PATIENCE_MS, 'one of each two to be closed', () =>
      twins.every((pair) => pair.filter(({ isOpen }) => isOpen).length === 1) ? true : undefined,
    );
  });

  it('M13, M14: what nobody comes for is told to its sender, wherever that is by then', async () => {
    const [here, there] = await brokers.pair();
    const ann = await here.connectPeer('ann');
    ann.sendOffer('nobody');
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await again.receive()).toEqual({ type: 'EXPIRE', src: 'nobody', dst: ann.id });
  });

  it('H4, O6: the list of peers and their bound are those of the cluster', async () => {
    const [here, there] = [await brokers.start({ concurrent_limit: 2 }), await brokers.start({ concurrent_limit: 2 })];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    expect((JSON.parse((await here.request(`${brokers.realm}/peers`)).body) as string[]).sort()).toEqual([ann.id, bob.id].sort());
    expect(await (await there.connect()).receive()).toMatchObject({ type: 'ERROR' });
  });

  it('T4, REL2: what is published is heard at every broker, in order', async () => {
    const [here, there] = await brokers.pair();
    const [ann, bob] = [await here.connectTo('/relay'), await there.connectTo('/relay')];
    bob.send({ type: 'subscribe', topics: ['garden'] }).send({ type: 'ping' });
    expect(await bob.receive()).toEqual({ type: 'pong' });
    for (let n = 0; n < MANY; n++) ann.send({ type: 'publish', topic: 'garden', n });
    expect((await bob.receiveMany(MANY)).map(({ n }) => n)).toEqual(Array.from({ length: MANY }, (_, n) => n));
  });

  it('a broker that is killed gives up its ids when its lease ends; what was sent to its peers waits for them', async () => {
    const [here, there] = await brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    here.signal('SIGKILL');
    await here.exited;
    bob.sendOffer(ann.id, 'are you there?');
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await again.receive()).toMatchObject({ payload: 'are you there?' });
    again.cut();
    const stranger = await until(PATIENCE_MS, 'the id to be free', async () => there.connectPeer('ann', { id: ann.id }));
    stranger.cut();
  });

  it('a lease that ends frees the id for another token', async () => {
    const [here, there] = await brokers.pair();
    const ann = await here.connectPeer('ann');
    here.signal('SIGKILL');
    await here.exited;
    expect(await (await there.connect({ id: ann.id })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await until(PATIENCE_MS, 'the lease to end', () => there.connectPeer('ann', { id: ann.id }));
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
    const [here, there] = [
      await brokers.start({ cluster: own.url, ...roomy }),
      await brokers.start({ cluster: own.url, ...roomy }),
    ];
    const [ann, amy, bob] = [await here.connectPeer('ann'), await here.connectPeer('amy'), await there.connectPeer('bob')];
    own.freeze();
    for (let n = 0; n < TOO_MANY; n++) ann.sendOffer(bob.id, n);
    ann.sendOffer(amy.id, 'near').sendOffer(ann.id, 'the end');
    expect(await amy.receive()).toMatchObject({ payload: 'near' });
    const told: unknown[] = [];
    for (let frame = await ann.receive(); frame['type'] !== 'OFFER'; frame = await ann.receive()) told.push(frame['type']);
    expect(told.length).toBeGreaterThan(0);
    own.thaw();
    const heard = await bob.receiveMany(TOO_MANY - told.length);
    expect(new Set(told)).toEqual(new Set(['EXPIRE']));
    expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: heard.length }, (_, n) => n));
    await brokers.stop();
    await own.stop();
  });

  it('an engine that restarts and remembers has lost nothing, and neither has who spoke meanwhile', async () => {
    const own = await startEngine();
    const patient = { cluster: own.url, expire_timeout: 60_000 };
    const [here, there] = [await brokers.start(patient), await brokers.start(patient)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    ann.sendOffer('cem', 'before');
    bob.sendOffer(ann.id, 'all is well');
    expect(await ann.receive()).toMatchObject({ payload: 'all is well' });
    const restarted = own.restart('kept');
    ann.sendOffer('cem', 'meanwhile').sendOffer(bob.id, 'meanwhile');
    await restarted;
    expect(await bob.receive()).toMatchObject({ payload: 'meanwhile' });
    const cem = await there.connectPeer('cem', { id: 'cem' });
    expect((await cem.receiveMany(2)).map(({ payload }) => payload)).toEqual(['before', 'meanwhile']);
    expect([ann.isOpen, bob.isOpen]).toEqual([true, true]);
    await brokers.stop();
    await own.stop();
  });

  it('an engine that has forgotten everything is told again who is there', async () => {
    const own = await startEngine();
    const [here, there] = [await brokers.start({ cluster: own.url }), await brokers.start({ cluster: own.url })];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY_VISITORS; n++) (await here.connectPeer('visitor')).cut();
    ann.sendOffer('nobody', 'far behind in what is forgotten').sendOffer(bob.id, 'and this');
    expect(await bob.receive()).toMatchObject({ payload: 'and this' });
    await own.restart('lost');
    const cem = await here.connectPeer('cem');
    cem.cut();
    await until(PATIENCE_MS, 'ann to reach bob', async () => {
      ann.sendOffer(bob.id, 'again');
      const frame = await bob.receiveText(300).catch(() => undefined);
      return frame?.includes('again');
    });
    const isKnown = async (): Promise<true | undefined> =>
      (await there.request(`${brokers.realm}/peers`)).body.includes(ann.id) ? true : undefined;
    await until(PATIENCE_MS, 'ann to be known', isKnown);
    expect(await (await there.connect({ id: ann.id })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await brokers.stop();
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

  it('or that nobody has credentials for, says which file is missing', async () => {
    const options = { cluster: 'nats://127.0.0.1:1?credentials=/nowhere/broker.creds' };
    const error = await Server.start({ kind: SIGNALBOX_NODE, options }).catch(String);
    expect(error).toContain("can't be reached: ENOENT: no such file or directory, open '/nowhere/broker.creds'");
  });
});
