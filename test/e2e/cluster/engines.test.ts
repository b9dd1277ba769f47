import { describe, expect, it } from 'vitest';
import { Server } from '../../support/e2e/server.ts';
import { SIGNALBOX_NODE } from '../../support/e2e/server-kinds.ts';
import { until } from '../../support/e2e/until.ts';
import { clusterOn, ENGINES, PATIENCE_MS, SHORT_LEASE } from './brokers.ts';

const MANY = 300;
const MANY_CLIENTS = 60;
const RACES = 20;
/** More messages than a broker queues for an engine. */
const TOO_MANY = 25_000;

describe.each(ENGINES)('a cluster on one $engine', ({ startEngine }) => {
  const cluster = clusterOn(startEngine);

  it('M1, M17: delivers messages between peers of different brokers, in order', async () => {
    const [here, there] = await cluster.brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) {
      ann.send({ type: 'CANDIDATE', src: 'forged', dst: bob.id, payload: n });
      bob.sendOffer(ann.id, n);
    }
    for (const [receiver, sender] of [
      [bob, ann],
      [ann, bob],
    ] as const) {
      const received = await receiver.receiveMany(MANY);
      expect(received.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
      expect(new Set(received.map(({ src }) => src))).toEqual(new Set([sender.id]));
    }
  });

  it('M1: delivers messages that a peer sends right before it disconnects', async () => {
    const [here, there] = await cluster.brokers.pair();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    ann.socket.close();
    expect((await bob.receiveMany(MANY)).map(({ payload }) => payload)).toEqual(Array.from({ length: MANY }, (_, n) => n));
  });

  it('O4, O5, O11: an id has one owner; its token moves the id and the mailbox to another broker', async () => {
    const [here, there] = await cluster.brokers.pair();
    const ann = await here.connectPeer('ann');
    const otherToken = await there.connect({ id: ann.id });
    expect(await otherToken.receive()).toMatchObject({ type: 'ID-TAKEN' });
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect((await ann.closed()).code).toBe(4001);
    const bob = await here.connectPeer('bob');
    bob.sendOffer(again.id, 1);
    expect(await again.receive()).toMatchObject({ src: bob.id, payload: 1 });
    again.cut();
    const isAway = async (): Promise<true | undefined> =>
      (await here.request(`${cluster.brokers.realm}/peers`)).body.includes(ann.id) ? undefined : true;
    await until(PATIENCE_MS, 'ann to be away', isAway);
    bob.sendOffer(ann.id, 'waits');
    const third = await here.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await third.receive()).toMatchObject({ payload: 'waits' });
  });

  it('O5: one of two sockets with the same token at two brokers stays open', async () => {
    const [here, there] = await cluster.brokers.pair();
    const twins = await Promise.all(
      Array.from({ length: RACES }, (_, n) =>
        Promise.all([here, there].map((broker) => broker.connect({ id: `twin ${n}`, token: 'of both' }))),
      ),
    );
    await until(PATIENCE_MS, 'one of each pair to be closed', () =>
      twins.every((pair) => pair.filter(({ isOpen }) => isOpen).length === 1) ? true : undefined,
    );
  });

  it('M13, M14: sends EXPIRE to the sender at its current broker', async () => {
    // Long enough for the sender to move.
    const [here, there] = await cluster.brokers.pair({ expire_timeout: 6_000 });
    const ann = await here.connectPeer('ann');
    // O5: a frame that its broker has not read from a superseded socket is dropped.
    ann.sendOffer('nobody').sendOffer(ann.id);
    await ann.receive();
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await again.receive()).toEqual({ type: 'EXPIRE', src: 'nobody', dst: ann.id });
  });

  it('H4, O6: lists and limits the peers of the whole cluster', async () => {
    const [here, there] = [
      await cluster.brokers.start({ concurrent_limit: 2 }),
      await cluster.brokers.start({ concurrent_limit: 2 }),
    ];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    expect((JSON.parse((await here.request(`${cluster.brokers.realm}/peers`)).body) as string[]).sort()).toEqual(
      [ann.id, bob.id].sort(),
    );
    expect(await (await there.connect()).receive()).toMatchObject({ type: 'ERROR' });
  });

  it('T4, REL2: delivers publications to subscribers at every broker, in order', async () => {
    const [here, there] = await cluster.brokers.pair();
    const [ann, bob] = [await here.connectTo('/relay'), await there.connectTo('/relay')];
    bob.send({ type: 'subscribe', topics: ['garden'] }).send({ type: 'ping' });
    expect(await bob.receive()).toEqual({ type: 'pong' });
    for (let n = 0; n < MANY; n++) ann.send({ type: 'publish', topic: 'garden', n });
    expect((await bob.receiveMany(MANY)).map(({ n }) => n)).toEqual(Array.from({ length: MANY }, (_, n) => n));
  });

  it('frees the ids of a killed broker when its lease ends, and holds the messages to its peers', async () => {
    const [here, there] = await cluster.brokers.pair(SHORT_LEASE);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    here.signal('SIGKILL');
    await here.exited;
    bob.sendOffer(ann.id, 'are you there?');
    const again = await there.connectPeer('ann', { id: ann.id, token: ann.token });
    expect(await again.receive()).toMatchObject({ payload: 'are you there?' });
    again.cut();
    const otherToken = await until(PATIENCE_MS, 'the id to be free', async () => there.connectPeer('ann', { id: ann.id }));
    otherToken.cut();
  });

  it('frees an id for another token when the lease ends', async () => {
    const [here, there] = await cluster.brokers.pair(SHORT_LEASE);
    const ann = await here.connectPeer('ann');
    here.signal('SIGKILL');
    await here.exited;
    expect(await (await there.connect({ id: ann.id })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await until(PATIENCE_MS, 'the lease to end', () => there.connectPeer('ann', { id: ann.id }));
  });

  it('M13, M17: queues a limited number of messages while the engine hangs, and answers the rest with EXPIRE', async () => {
    const ownEngine = await startEngine();
    const patient = { cluster_lease: 60_000, expire_timeout: 60_000 };
    const roomy = {
      ...patient,
      message_burst: 2 * TOO_MANY,
      mailbox_messages: TOO_MANY,
      mailbox_bytes: 60_000_000,
      malformed_limit: 1_000,
      // The broker reads the whole burst before it handles it.
      send_buffer_bytes: 64_000_000,
      memory_per_address: 64_000_000,
    };
    const [here, there] = [
      await cluster.brokers.start({ cluster: ownEngine.url, ...roomy }),
      await cluster.brokers.start({ cluster: ownEngine.url, ...roomy }),
    ];
    const [ann, amy, bob] = [await here.connectPeer('ann'), await here.connectPeer('amy'), await there.connectPeer('bob')];
    ownEngine.freeze();
    for (let n = 0; n < TOO_MANY; n++) ann.sendOffer(bob.id, n);
    ann.sendOffer(amy.id, 'near').sendOffer(ann.id, 'the end');
    expect(await amy.receive()).toMatchObject({ payload: 'near' });
    const notices: unknown[] = [];
    for (let frame = await ann.receive(); frame['type'] !== 'OFFER'; frame = await ann.receive()) notices.push(frame['type']);
    expect(notices.length).toBeGreaterThan(0);
    ownEngine.thaw();
    const received = await bob.receiveMany(TOO_MANY - notices.length);
    expect(new Set(notices)).toEqual(new Set(['EXPIRE']));
    expect(received.map(({ payload }) => payload)).toEqual(Array.from({ length: received.length }, (_, n) => n));
    await cluster.brokers.stop();
    await ownEngine.stop();
  });

  it('loses no message when the engine restarts with its data', async () => {
    const ownEngine = await startEngine();
    const own = { cluster: ownEngine.url };
    const [here, there] = [await cluster.brokers.start(own), await cluster.brokers.start(own)];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    ann.sendOffer('cem', 'before');
    bob.sendOffer(ann.id, 'all is well');
    expect(await ann.receive()).toMatchObject({ payload: 'all is well' });
    const restarted = ownEngine.restart('kept');
    ann.sendOffer('cem', 'meanwhile').sendOffer(bob.id, 'meanwhile');
    await restarted;
    expect(await bob.receive()).toMatchObject({ payload: 'meanwhile' });
    const cem = await there.connectPeer('cem', { id: 'cem' });
    expect((await cem.receiveMany(2)).map(({ payload }) => payload)).toEqual(['before', 'meanwhile']);
    expect([ann.isOpen, bob.isOpen]).toEqual([true, true]);
    await cluster.brokers.stop();
    await ownEngine.stop();
  });

  it('claims all ids again after the engine has lost its data', async () => {
    const ownEngine = await startEngine();
    const [here, there] = [
      await cluster.brokers.start({ cluster: ownEngine.url }),
      await cluster.brokers.start({ cluster: ownEngine.url }),
    ];
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY_CLIENTS; n++) (await here.connectPeer('visitor')).cut();
    ann.sendOffer('nobody', 'at a high position of the lost stream').sendOffer(bob.id, 'and this');
    expect(await bob.receive()).toMatchObject({ payload: 'and this' });
    await ownEngine.restart('lost');
    const cem = await here.connectPeer('cem');
    cem.cut();
    await until(PATIENCE_MS, 'ann to reach bob', async () => {
      ann.sendOffer(bob.id, 'again');
      const frame = await bob.receiveText(300).catch(() => undefined);
      return frame?.includes('again');
    });
    const isKnown = async (): Promise<true | undefined> =>
      (await there.request(`${cluster.brokers.realm}/peers`)).body.includes(ann.id) ? true : undefined;
    await until(PATIENCE_MS, 'ann to be known', isKnown);
    expect(await (await there.connect({ id: ann.id })).receive()).toMatchObject({ type: 'ID-TAKEN' });
    await cluster.brokers.stop();
    await ownEngine.stop();
  });
});

describe('an unreachable engine', () => {
  it.each(['redis', 'nats'])('%s: ends the start with one line, without the password', async (kind) => {
    const start = Server.start({ kind: SIGNALBOX_NODE, options: { cluster: `${kind}://user:secret@127.0.0.1:1` } });
    const error = await start.catch(String);
    expect(error).toContain(`the engine at ${kind}://127.0.0.1:1 can't be reached`);
    expect(error).not.toContain('secret');
  });

  it('with a missing credentials file: the error names the file', async () => {
    const options = { cluster: 'nats://127.0.0.1:1?credentials=/nowhere/broker.creds' };
    const error = await Server.start({ kind: SIGNALBOX_NODE, options }).catch(String);
    expect(error).toContain("can't be reached: ENOENT: no such file or directory, open '/nowhere/broker.creds'");
  });
});
