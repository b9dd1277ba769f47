import { describe, expect, it } from 'vitest';
import type { Broker } from '../../../src/application/broker.ts';
import type { Operations } from '../../../src/application/ports/operations.ts';
import { OperatorMethods, type TracedFrame } from '../../../src/composition/operator-methods.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { ACT, AdminFixture } from '../../support/admin-fixture.ts';
import { pair, TestBroker } from '../../support/test-broker.ts';

function methodsOf(broker: TestBroker): OperatorMethods {
  return new OperatorMethods(
    () => Promise.resolve(broker.broker),
    () => broker.clock.now(),
    (error) => broker.events.push({ event: 'fault', error, connection: undefined }),
  );
}

/** The operations of a broker, and the names of those that were called. */
function recorded({ broker }: TestBroker): { operations: Operations; names: string[] } {
  const names: string[] = [];
  const operations = new Proxy(broker.operations, {
    get(target, name: keyof Operations) {
      if (!(name in target)) return undefined;
      const method = target[name] as (...parameters: unknown[]) => unknown;
      return (...parameters: unknown[]) => {
        names.push(name);
        return method.apply(target, parameters);
      };
    },
  });
  return { operations, names };
}

const ANN = { realm: 'peerjs', id: 'ann' };

/** Each operation as a method of the library, and as requests to the admin API. */
const VERBS: Readonly<
  Record<
    string,
    { library: (methods: OperatorMethods) => Promise<unknown>; api: readonly [method: string, path: string, body?: string] }
  >
> = {
  peers: { library: (methods) => methods.peers(), api: ['GET', '/api/peers'] },
  peer: { library: (methods) => methods.peer(ANN), api: ['GET', '/api/peers/peerjs/ann'] },
  expel: { library: (methods) => methods.expel(ANN), api: ['DELETE', '/api/peers/peerjs/ann'] },
  ban: {
    library: (methods) => methods.ban({ what: 'id', value: 'eve' }),
    api: ['POST', '/api/bans', '{"what":"id","value":"eve"}'],
  },
  unban: { library: (methods) => methods.unban('id:*/eve'), api: ['DELETE', '/api/bans/id%3A*%2Feve'] },
  bans: { library: (methods) => methods.bans(), api: ['GET', '/api/bans'] },
  trace: { library: (methods) => methods.trace(ANN, { frame: () => undefined }), api: ['GET', '/api/trace?realm=peerjs&id=ann'] },
};

it.each(Object.entries(VERBS))('ADM2 to ADM6: the library and the admin API call the same operation: %s', async (name, verb) => {
  const broker = new TestBroker();
  broker.connectPeer('ann');
  const { operations, names } = recorded(broker);
  await verb.library(
    new OperatorMethods(
      () => Promise.resolve({ operations } as Broker),
      () => broker.clock.now(),
      () => undefined,
    ),
  );
  const admin = new AdminFixture();
  await admin.start({ operations });
  const [method, path, body] = verb.api;
  await admin.ask(method, path, { headers: ACT, ...(body === undefined ? {} : { body }) }, () => void admin.listener.stop());
  await admin.listener.stop();
  expect(names).toEqual([name, name]);
});

describe('the methods for a program that is an operator', () => {
  it('ADM2: list peers in pages, and describe one', async () => {
    const { broker } = pair();
    const methods = methodsOf(broker);
    const { peers, next } = await methods.peers({ limit: 1 });
    expect([peers.map(({ id }) => id), next]).toEqual([['ann'], '0@alone']);
    expect((await methods.peers({ after: next })).peers.map(({ id }) => id)).toEqual(['bob']);
    expect(await methods.peer({ realm: 'peerjs', id: 'bob' })).toMatchObject({ id: 'bob', state: 'open' });
    expect(await methods.peer({ realm: 'peerjs', id: 'eve' })).toBeUndefined();
  });

  it('ADM2: refuse an impossible limit', async () => {
    const methods = methodsOf(new TestBroker());
    for (const limit of [0, 1_001, 1.5]) await expect(methods.peers({ limit })).rejects.toThrow('from 1 to 1000');
  });

  it('ADM3: remove a peer', async () => {
    const { broker, ann } = pair();
    expect(await methodsOf(broker).expel({ realm: 'peerjs', id: 'ann' }, 'spam')).toEqual({ closed: 1, missing: [] });
    expect(ann.closeCode).toBe(4004);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'operator-acted', from: 'library', reason: 'spam' }));
  });

  it('ADM4: ban, list and lift', async () => {
    const { broker, ann } = pair();
    const methods = methodsOf(broker);
    expect(await methods.ban({ what: 'id', value: 'ann', realm: 'peerjs', seconds: 60, reason: 'spam' })).toEqual({
      id: 'id:peerjs/ann',
      closed: 1,
      missing: [],
    });
    await methods.ban({ what: 'sub', value: 'user-1' });
    expect(ann.closeCode).toBe(4004);
    expect(await methods.bans()).toMatchObject([
      { what: 'id', value: 'ann', realm: 'peerjs', endsAt: 60_000, reason: 'spam' },
      { what: 'sub', value: 'user-1', endsAt: NEVER },
    ]);
    expect([await methods.unban('id:peerjs/ann'), await methods.unban('id:peerjs/ann')]).toEqual([true, false]);
  });

  it('ADM4: refuse an unusable ban', async () => {
    const methods = methodsOf(new TestBroker());
    for (const seconds of [0, -1, Number.NaN]) {
      await expect(methods.ban({ what: 'id', value: 'ann', seconds })).rejects.toThrow('it must be more than 0');
    }
    await expect(methods.ban({ what: 'address', value: 'ann' })).rejects.toThrow('ban-value-unusable');
    await expect(methods.ban({ what: 'name' as 'id', value: 'ann' })).rejects.toThrow('it must be one of id, sub, jti, address');
  });

  it('ADM6: trace a peer without payloads, until the trace ends', async () => {
    const { broker, ann, bob } = pair();
    const frames: TracedFrame[] = [];
    const stop = await methodsOf(broker).trace({ realm: 'peerjs', id: 'ann' }, { frame: (frame) => void frames.push(frame) });
    ann.sendOffer('bob', { sdp: 'secret' });
    bob.send({ type: 'ANSWER', dst: 'ann', payload: { sdp: 'secret' } });
    expect(frames).toMatchObject([
      { way: 'in', type: 'offer', from: 'ann', to: 'bob', node: 'alone' },
      { way: 'out', type: 'answer', from: 'bob', to: 'ann', node: 'alone' },
    ]);
    expect(JSON.stringify(frames)).not.toContain('secret');
    expect(Math.abs(Date.now() - Number(frames[0]?.at))).toBeLessThan(60_000);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'operator-acted', act: 'trace', from: 'library' }));
    stop();
    ann.sendOffer('bob');
    expect(frames).toHaveLength(2);
  });

  it('ADM6: log an exception of the listener of a trace, and refuse a 17th trace', async () => {
    const { broker, ann, bob } = pair();
    const methods = methodsOf(broker);
    const frame = (): void => {
      throw new Error('of the program');
    };
    for (let n = 0; n < 16; n++) await methods.trace({ realm: 'peerjs', id: 'ann' }, { frame });
    await expect(methods.trace({ realm: 'peerjs', id: 'ann' }, { frame })).rejects.toThrow('16 traces are open already');
    ann.sendOffer('bob');
    expect(broker.events.filter(({ event }) => event === 'fault')).toHaveLength(16);
    expect(JSON.stringify(bob.received)).toContain('OFFER');
  });
});
