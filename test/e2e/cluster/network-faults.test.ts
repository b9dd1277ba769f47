import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { elapsed, until } from '../../support/e2e/until.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { Brokers, ENGINES, PATIENCE_MS, SHORT_LEASE } from './brokers.ts';

const MANY = 300;
const BREAKS = 100;
/** Maximum time between two breaks, in ms. */
const SLOW_BREAK = 80;
const SLOW_MS = 150;
/** Far longer than a reconnect and a delivery. */
const LATE_MS = 1_500;

/** One broker connects to the engine through a faulty proxy. */
describe.each(ENGINES)('a broker on a faulty connection to $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  let proxy: TcpProxy;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    brokers = new Brokers(engine);
    proxy = await TcpProxy.to(engine.port);
  });
  afterEach(async () => {
    await brokers.stop();
    await proxy.stop();
  });

  it('serves its own peers while it is cut off, and peers of other brokers after the reconnect', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    const [ann, amy, bob] = [await here.connectPeer('ann'), await here.connectPeer('amy'), await there.connectPeer('bob')];
    proxy.block();
    ann.sendOffer(amy.id, 'near');
    expect(await amy.receive()).toMatchObject({ payload: 'near' });
    ann.sendOffer(bob.id, 'far');
    proxy.unblock();
    expect(await bob.receive()).toMatchObject({ payload: 'far' });
    bob.sendOffer(ann.id, 'back');
    expect(await ann.receive()).toMatchObject({ payload: 'back' });
  });

  it('is not ready while it is cut off, and refuses connections with cluster_cut refuse', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port), cluster_cut: 'refuse', expire_timeout: 3_000 });
    const ann = await here.connectPeer('ann');
    const ready = async (): Promise<number> => (await sendRequest(here, '/readyz')).status;
    await until(PATIENCE_MS, 'the broker to be ready', async () => (await ready()) === 200 || undefined);
    proxy.block();
    await until(PATIENCE_MS, 'the broker to detect the fault', async () => (await ready()) === 503 || undefined);
    expect((await sendRequest(here, '/healthz')).status).toBe(200);
    ann.sendOffer('far');
    expect(await ann.receive()).toMatchObject({ type: 'EXPIRE', src: 'far' });
    await expect(here.connect()).rejects.toThrow(/503/);
    proxy.unblock();
    await until(PATIENCE_MS, 'the broker to be ready', async () => (await ready()) === 200 || undefined);
    (await here.connectPeer('bob')).sendOffer(ann.id, 'back');
    expect(await ann.receive()).toMatchObject({ payload: 'back' });
  });

  it('O5: closes the socket of an id that was claimed elsewhere while it was cut off', async () => {
    const here = await brokers.start({ ...SHORT_LEASE, cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start(SHORT_LEASE);
    const ann = await here.connectPeer('ann');
    proxy.block();
    const otherToken = await until(PATIENCE_MS, 'the lease to end', () => there.connectPeer('ann', { id: ann.id }));
    proxy.unblock();
    expect((await ann.closed()).code).toBe(4001);
    expect(otherToken.isOpen).toBe(true);
  });

  it.each(['block', 'dropFrom'] as const)(
    'O5: takes no id back for a closed connection when its claim was delayed (%s)',
    async (how) => {
      const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
      const there = await brokers.start();
      const bob = await here.connectPeer('bob');
      proxy[how]('near');
      const hanging = await here.connect({ id: 'ann', token: 'hers' });
      hanging.socket.close();
      await hanging.closed();
      const ann = await there.connectPeer('ann', { id: 'ann', token: 'hers' });
      proxy.unblock();
      proxy.cut();
      bob.sendOffer(ann.id, 'reconnected');
      expect(await ann.receive()).toMatchObject({ payload: 'reconnected' });
      ann.sendOffer(bob.id, 'still here');
      expect(await bob.receive()).toMatchObject({ payload: 'still here' });
      expect(ann.isOpen).toBe(true);
    },
  );

  it('M1, M17: delivers all messages late and in order on a slow connection', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    proxy.setDelay(SLOW_MS);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) {
      ann.sendOffer(bob.id, n);
      bob.sendOffer(ann.id, n);
    }
    await receiveAll(bob);
    await receiveAll(ann);
  });

  it('survives repeated breaks of its connections', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < BREAKS; n++) {
      proxy.cut();
      await elapsed(n % SLOW_BREAK);
    }
    for (let n = 0; n < MANY; n++) bob.sendOffer(ann.id, n);
    await receiveAll(ann);
  });

  it('M1, M17: runs a command once when its reply was lost', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    const [ann, bob, cem] = [await here.connectPeer('ann'), await there.connectPeer('bob'), await there.connectPeer('cem')];
    for (let n = 0; n < MANY; n++) cem.sendOffer('dan', n);
    proxy.dropFrom('far');
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    const dan = await here.connect({ id: 'dan' });
    expect(await bob.receive()).toMatchObject({ payload: 0 });
    proxy.cut();
    await receiveAll(bob, 1);
    expect(await dan.receive()).toMatchObject({ type: 'OPEN' });
    await receiveAll(dan);
    ann.sendOffer(bob.id, 'the end');
    expect(await bob.receive()).toMatchObject({ payload: 'the end' });
    cem.sendOffer(dan.id, 'the end');
    expect(await dan.receive()).toMatchObject({ payload: 'the end' });
  });

  it('M1, M17: runs a command once when an older connection delivers it late', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    proxy.setDelay(LATE_MS);
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    await elapsed(SLOW_MS);
    proxy.setDelay(0);
    proxy.cutNearSide();
    await receiveAll(bob);
    await elapsed(LATE_MS);
    ann.sendOffer(bob.id, 'the end');
    expect(await bob.receive()).toMatchObject({ payload: 'the end' });
  });

  it('detects a silent connection, and reconnects', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(proxy.port) });
    const there = await brokers.start();
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    proxy.dropFrom('both');
    proxy.blockNew();
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    // The lease is overdue before the broker closes the connection.
    await until(
      PATIENCE_MS,
      'the broker to detect the fault',
      async () => (await sendRequest(here, '/readyz')).body.includes('out of reach') || undefined,
    );
    proxy.unblock();
    await receiveAll(bob);
    for (let n = 0; n < MANY; n++) bob.sendOffer(ann.id, n);
    await receiveAll(ann);
    // Messages arrive before the lease is renewed.
    await until(PATIENCE_MS, 'the renewed lease', async () => (await sendRequest(here, '/readyz')).status === 200 || undefined);
  });
});

/** Receives all messages from number `from`, each once and in order. */
async function receiveAll(receiver: PeerSocket, from = 0): Promise<void> {
  const received = await receiver.receiveMany(MANY - from);
  expect(received.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY - from }, (_, n) => from + n));
}
