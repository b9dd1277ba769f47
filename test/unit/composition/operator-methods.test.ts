import { describe, expect, it } from 'vitest';
import { OperatorMethods } from '../../../src/composition/operator-methods.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { pair, TestBroker } from '../../support/test-broker.ts';

function methodsOf(broker: TestBroker): OperatorMethods {
  return new OperatorMethods(
    () => Promise.resolve(broker.broker),
    () => broker.clock.now(),
  );
}

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
    await expect(methods.ban({ what: 'address', value: 'ann' })).rejects.toThrow('ban-value-unusable');
    await expect(methods.ban({ what: 'name' as 'id', value: 'ann' })).rejects.toThrow('it must be one of id, sub, jti, address');
  });
});
