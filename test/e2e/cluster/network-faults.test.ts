import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EngineServer } from '../../support/engines/engine-server.ts';
import type { PeerSocket } from '../../support/e2e/peer-socket.ts';
import { sendRequest } from '../../support/e2e/http.ts';
import { elapsed, until } from '../../support/e2e/until.ts';
import { TcpProxy } from '../../support/e2e/tcp-proxy.ts';
import { Brokers, ENGINES, PATIENCE_MS } from './brokers.ts';

const MANY = 300;
const BREAKS = 100;
/** From none to so long between two breaks, in ms. */
const SLOW_BREAK = 80;
const SLOW_MS = 150;
/** Far more than it takes to come back on another connection, and to be heard. */
const LATE_MS = 1_500;
const PATIENT = { expire_timeout: 60_000 };

/** Brokers of which one reaches the engine on a wire that fails. */
describe.each(ENGINES)('a broker on a bad wire to $engine', ({ startEngine }) => {
  let engine: EngineServer;
  let brokers: Brokers;
  let wire: TcpProxy;
  beforeAll(async () => {
    engine = await startEngine();
  });
  afterAll(() => engine.stop());
  beforeEach(async () => {
    brokers = new Brokers(engine);
    wire = await TcpProxy.to(engine.port);
  });
  afterEach(async () => {
    await brokers.stop();
    await wire.stop();
  });

  it('a broker that was cut off serves its own peers meanwhile, and all hear each other again after', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(wire.port) });
    const there = await brokers.start();
    const [ann, amy, bob] = [await here.connectPeer('ann'), await here.connectPeer('amy'), await there.connectPeer('bob')];
    wire.block();
    ann.sendOffer(amy.id, 'near');
    expect(await amy.receive()).toMatchObject({ payload: 'near' });
    ann.sendOffer(bob.id, 'far');
    wire.unblock();
    expect(await bob.receive()).toMatchObject({ payload: 'far' });
    bob.sendOffer(ann.id, 'back');
    expect(await ann.receive()).toMatchObject({ payload: 'back' });
  });

  it('a broker that is cut off says so, and refuses what it is told to refuse', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(wire.port), cluster_cut: 'refuse' });
    const ann = await here.connectPeer('ann');
    const ready = async (): Promise<number> => (await sendRequest(here, '/readyz')).status;
    expect(await ready()).toBe(200);
    wire.block();
    await until(PATIENCE_MS, 'the broker to notice', async () => (await ready()) === 503 || undefined);
    expect((await sendRequest(here, '/healthz')).status).toBe(200);
    ann.sendOffer('far');
    expect(await ann.receive()).toMatchObject({ type: 'EXPIRE', src: 'far' });
    await expect(here.connect()).rejects.toThrow(/503/);
    wire.unblock();
    await until(PATIENCE_MS, 'the broker to be back', async () => (await ready()) === 200 || undefined);
    (await here.connectPeer('bob')).sendOffer(ann.id, 'back');
    expect(await ann.receive()).toMatchObject({ payload: 'back' });
  });

  it('O5: an id that was taken while its broker was cut off stays where it went, and the old socket is closed', async () => {
    const here = await brokers.start({ cluster: engine.urlAt(wire.port) });
    const there = await brokers.start();
    const ann = await here.connectPeer('ann');
    wire.block();
    const stranger = await until(PATIENCE_MS, 'the lease to end', () => there.connectPeer('ann', { id: ann.id }));
    wire.unblock();
    expect((await ann.closed()).code).toBe(4001);
    expect(stranger.isOpen).toBe(true);
  });

  it.each(['block', 'dropFrom'] as const)(
    'O5: whoever has left a broker on a wire that %s keeps its id where it went, when the wire is mended',
    async (how) => {
      const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
      const there = await brokers.start(PATIENT);
      const bob = await here.connectPeer('bob');
      wire[how]('near');
      const hanging = await here.connect({ id: 'ann', token: 'hers' });
      hanging.socket.close();
      await hanging.closed();
      const ann = await there.connectPeer('ann', { id: 'ann', token: 'hers' });
      wire.unblock();
      wire.cut();
      bob.sendOffer(ann.id, 'mended');
      expect(await ann.receive()).toMatchObject({ payload: 'mended' });
      ann.sendOffer(bob.id, 'still here');
      expect(await bob.receive()).toMatchObject({ payload: 'still here' });
      expect(ann.isOpen).toBe(true);
    },
  );

  it('M1, M17: that is slow brings everything, late and in order', async () => {
    const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
    const there = await brokers.start(PATIENT);
    wire.setDelay(SLOW_MS);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < MANY; n++) {
      ann.sendOffer(bob.id, n);
      bob.sendOffer(ann.id, n);
    }
    await hearsAll(bob);
    await hearsAll(ann);
  });

  it('a broker whose connections break again and again lives on', async () => {
    const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
    const there = await brokers.start(PATIENT);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    for (let n = 0; n < BREAKS; n++) {
      wire.cut();
      await elapsed(n % SLOW_BREAK);
    }
    for (let n = 0; n < MANY; n++) bob.sendOffer(ann.id, n);
    await hearsAll(ann);
  });

  it('M1, M17: what the engine did and could not say is done once', async () => {
    const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
    const there = await brokers.start(PATIENT);
    const [ann, bob, cem] = [await here.connectPeer('ann'), await there.connectPeer('bob'), await there.connectPeer('cem')];
    for (let n = 0; n < MANY; n++) cem.sendOffer('dan', n);
    wire.dropFrom('far');
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    const dan = await here.connect({ id: 'dan' });
    expect(await bob.receive()).toMatchObject({ payload: 0 });
    wire.cut();
    await hearsAll(bob, 1);
    expect(await dan.receive()).toMatchObject({ type: 'OPEN' });
    await hearsAll(dan);
    ann.sendOffer(bob.id, 'the end');
    expect(await bob.receive()).toMatchObject({ payload: 'the end' });
    cem.sendOffer(dan.id, 'the end');
    expect(await dan.receive()).toMatchObject({ payload: 'the end' });
  });

  it('M1, M17: what one connection brings late, after another one has brought it, is not done again', async () => {
    const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
    const there = await brokers.start(PATIENT);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    wire.setDelay(LATE_MS);
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    await elapsed(SLOW_MS);
    wire.setDelay(0);
    wire.cutNearSide();
    await hearsAll(bob);
    await elapsed(LATE_MS);
    ann.sendOffer(bob.id, 'the end');
    expect(await bob.receive()).toMatchObject({ payload: 'the end' });
  });

  it('that goes silent is noticed, and left for another one', async () => {
    const here = await brokers.start({ ...PATIENT, cluster: engine.urlAt(wire.port) });
    const there = await brokers.start(PATIENT);
    const [ann, bob] = [await here.connectPeer('ann'), await there.connectPeer('bob')];
    wire.dropFrom('both');
    wire.blockNew();
    for (let n = 0; n < MANY; n++) ann.sendOffer(bob.id, n);
    // The lease is overdue before the connection is given up.
    await until(
      PATIENCE_MS,
      'the broker to notice',
      async () => (await sendRequest(here, '/readyz')).body.includes('out of reach') || undefined,
    );
    wire.unblock();
    await hearsAll(bob);
    for (let n = 0; n < MANY; n++) bob.sendOffer(ann.id, n);
    await hearsAll(ann);
    expect((await sendRequest(here, '/readyz')).status).toBe(200);
  });
});

/** All letters that were sent, from one on, each once, and in order. */
async function hearsAll(hearer: PeerSocket, from = 0): Promise<void> {
  const heard = await hearer.receiveMany(MANY - from);
  expect(heard.map(({ payload }) => payload)).toEqual(Array.from({ length: MANY - from }, (_, n) => from + n));
}
