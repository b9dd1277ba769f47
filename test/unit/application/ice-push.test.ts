import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { IceServers, IssuedIceServers } from '../../../src/application/ports/ice-servers.ts';
import type { Millis } from '../../../src/domain/time.ts';
import { ScriptedAuthorizer } from '../../support/scripted-authorizer.ts';
import { TestBroker, type TestPeer } from '../../support/test-broker.ts';

const TTL = 3_600;
const TURN = { urls: ['turn:turn.example.org'], username: 'user', credential: 'password' };
const ISSUED: IssuedIceServers = { servers: [TURN], ttl: TTL, expiresAt: 1_800_003_600 };
const MESSAGE = { type: 'ICE', payload: { iceServers: [TURN], ttl: TTL } };
const WITHOUT_TURN: IssuedIceServers = { servers: [{ urls: ['stun:a'] }], ttl: 60, expiresAt: 0, lacksTurn: true };

/** Answers at once, or when the test decides. */
class ScriptedIceServers implements IceServers {
  issued: IssuedIceServers | undefined = ISSUED;
  readonly waiting: ((issued: IssuedIceServers) => void)[] = [];
  readonly owners: string[] = [];
  onIssue: () => void = () => undefined;

  issue({ owner }: { readonly owner: string }, answer: (issued: IssuedIceServers) => void): void {
    this.owners.push(owner);
    this.onIssue();
    if (this.issued === undefined) this.waiting.push(answer);
    else answer(this.issued);
  }
}

/** Counts the wake-ups. */
class CountingClock extends ManualClock {
  wakes = 0;

  override wakeAt(at: Millis, wake: () => void): Wakeup {
    return super.wakeAt(at, () => {
      this.wakes += 1;
      wake();
    });
  }
}

function start(config: ConstructorParameters<typeof TestBroker>[0] = {}) {
  const iceServers = new ScriptedIceServers();
  const broker = new TestBroker({ icePush: true, aliveTimeout: 2_000_000_000, ...config }, { iceServers });
  return { broker, iceServers };
}

/** The types of all messages that a peer received. */
function typesOf({ client }: TestPeer): unknown[] {
  return client.received.map((text) => (JSON.parse(text) as { type: unknown }).type);
}

describe('the message ICE', () => {
  it('I12: is sent before OPEN, and OPEN before the mailbox', () => {
    const { broker } = start();
    broker.connectPeer('ann').sendOffer('bob');
    const bob = broker.connectPeer('bob');
    expect(typesOf(bob)).toEqual(['ICE', 'OPEN', 'OFFER']);
    expect(JSON.parse(bob.client.received[0] ?? '')).toEqual(MESSAGE);
    expect(broker.counts()).toMatchObject({ 'ice-issued': 2 });
  });

  it('I12: is not sent unless ice_push is set', () => {
    const { broker } = start({ icePush: false });
    expect(typesOf(broker.connectPeer('ann'))).toEqual(['OPEN']);
    broker.advance(TTL * 1000);
    expect(typesOf(broker.connectPeer('ann'))).toEqual(['OPEN']);
  });

  it('I12: is sent again to a peer that reconnects', () => {
    const { broker, iceServers } = start();
    for (let i = 0; i < 2; i++) expect(typesOf(broker.connectPeer('ann'))).toEqual(['ICE', 'OPEN']);
    expect(new Set(iceServers.owners).size).toBe(1);
  });

  it('I12: is not sent to a client that is refused', () => {
    const { broker } = start();
    broker.connectPeer('ann', { token: 'hers' });
    const thief = broker.connectPeer('ann', { token: 'other', address: '192.0.2.2' });
    expect(typesOf(thief)).toEqual(['ID-TAKEN']);
  });

  it('I12: is sent again after three quarters of the lifetime, within 10 seconds', () => {
    const { broker } = start();
    const ann = broker.connectPeer('ann');
    broker.advance(TTL * 750 - 1);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN']);
    broker.advance(10_001);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN', 'ICE']);
    broker.advance(TTL * 750 + 10_000);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN', 'ICE', 'ICE']);
  });

  it('I12: is due for several peers in one search, at most every 10 seconds', () => {
    const { broker } = start();
    const ann = broker.connectPeer('ann');
    broker.advance(2_000);
    const bob = broker.connectPeer('bob');
    broker.advance(TTL * 750 + 2_000);
    expect([typesOf(ann).length, typesOf(bob).length]).toEqual([3, 2]);
    broker.advance(8_000);
    expect(typesOf(bob)).toEqual(['ICE', 'OPEN', 'ICE']);
  });

  it('I12: is not sent to a peer that has left', () => {
    const { broker, iceServers } = start();
    broker.connectPeer('ann').send({ type: 'LEAVE' });
    broker.transport.settle();
    broker.advance(TTL * 1_000);
    expect(iceServers.owners).toHaveLength(1);
  });

  it('I3, I12: is sent for the owner of the grant, unless the grant excludes ICE servers', () => {
    const authorizer = new ScriptedAuthorizer();
    const iceServers = new ScriptedIceServers();
    const broker = new TestBroker({ icePush: true }, { iceServers, authorizer });
    authorizer.grant('hers', { owner: 'ann@example.org' });
    authorizer.grant('none', { mayUseIce: false });
    expect(typesOf(broker.connectPeer('ann', { token: 'hers' }))).toEqual(['ICE', 'OPEN']);
    expect(typesOf(broker.connectPeer('bob', { token: 'none' }))).toEqual(['OPEN']);
    expect(iceServers.owners).toEqual(['ann@example.org']);
  });

  it('I12: is not sent without any server', () => {
    const { broker, iceServers } = start();
    iceServers.issued = { ...ISSUED, servers: [] };
    expect(typesOf(broker.connectPeer('ann'))).toEqual(['OPEN']);
  });
});

describe('a source of ICE servers that does not answer at once', () => {
  it('I12: delays OPEN until its answer', () => {
    const { broker, iceServers } = start();
    iceServers.issued = undefined;
    const ann = broker.connectPeer('ann');
    broker.advance(1_999);
    expect(typesOf(ann)).toEqual([]);
    iceServers.waiting[0]?.(ISSUED);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN']);
    broker.advance(2_000);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN']);
  });

  it('I12: delays OPEN by 2 seconds at most; its answer is sent afterwards', () => {
    const { broker, iceServers } = start();
    iceServers.issued = undefined;
    const ann = broker.connectPeer('ann');
    broker.advance(2_000);
    expect(typesOf(ann)).toEqual(['OPEN']);
    iceServers.waiting[0]?.(ISSUED);
    expect(typesOf(ann)).toEqual(['OPEN', 'ICE']);
  });

  it('I12: has no effect on a connection that has ended meanwhile', () => {
    const { broker, iceServers } = start();
    iceServers.issued = undefined;
    const ann = broker.connectPeer('ann', { token: 'hers' });
    ann.client.close(1000);
    broker.transport.settle();
    iceServers.waiting[0]?.(ISSUED);
    broker.advance(2_000);
    iceServers.issued = ISSUED;
    expect(typesOf(broker.connectPeer('ann', { token: 'other' }))).toEqual(['ICE', 'OPEN']);
  });

  it('I12, O5: a connection that has ended meanwhile does not supersede the open one', () => {
    const { broker, iceServers } = start();
    const ann = broker.connectPeer('ann');
    iceServers.issued = undefined;
    broker.connectPeer('ann').client.close(1000);
    broker.transport.settle();
    iceServers.waiting[0]?.(ISSUED);
    broker.advance(2_000);
    expect(ann.closeCode).toBeUndefined();
  });

  it('I12: does not replace TURN servers that a peer has; it is asked again 30 seconds later', () => {
    const { broker, iceServers } = start();
    const ann = broker.connectPeer('ann');
    iceServers.issued = WITHOUT_TURN;
    broker.advance(TTL * 750 + 10_000);
    expect([typesOf(ann).length, iceServers.owners.length]).toEqual([2, 2]);
    iceServers.issued = ISSUED;
    broker.advance(40_000);
    expect([typesOf(ann).length, iceServers.owners.length]).toEqual([3, 3]);
  });

  it('I12: gives STUN to a peer without ICE servers, and TURN as soon as it has some', () => {
    const { broker, iceServers } = start();
    iceServers.issued = WITHOUT_TURN;
    const ann = broker.connectPeer('ann');
    iceServers.issued = ISSUED;
    broker.advance(45_000 + 10_000);
    expect(typesOf(ann)).toEqual(['ICE', 'OPEN', 'ICE']);
    expect(broker.counts()).toMatchObject({ 'ice-without-turn': 1, 'ice-issued': 1 });
  });
});

describe('many peers', () => {
  it('I12: are renewed in slices, so that no turn handles more than 500 connections', () => {
    const clock = new CountingClock();
    const iceServers = new ScriptedIceServers();
    const broker = new TestBroker({ icePush: true, aliveTimeout: 2_000_000_000 }, { iceServers, clock });
    const peers = Array.from({ length: 1_200 }, (_, i) => broker.connectPeer(`peer-${i}`));
    const perTurn = new Map<number, number>();
    iceServers.onIssue = () => void perTurn.set(clock.wakes, (perTurn.get(clock.wakes) ?? 0) + 1);
    clock.advance(TTL * 750 + 10_000);
    broker.transport.settle();
    expect([...perTurn.values()]).toEqual([500, 500, 200]);
    expect(peers.every((peer) => typesOf(peer).length === 3)).toBe(true);
  });

  it('I12: property: no open peer has ICE servers that are older than three quarters of their lifetime and 10 seconds', () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom('connect', 'leave', 'wait'), fc.nat(7), fc.integer({ min: 1, max: 900_000 })),
      {
        maxLength: 40,
      },
    );
    fc.assert(
      fc.property(steps, (steps) => {
        const { broker } = start();
        const peers = new Map<string, { peer: TestPeer; count: number; at: number }>();
        for (const [action, n, span] of steps) {
          const id = `peer-${n}`;
          if (action === 'connect') peers.set(id, { peer: broker.connectPeer(id), count: 0, at: broker.clock.now() });
          else if (action === 'leave') {
            peers.get(id)?.peer.send({ type: 'LEAVE' });
            broker.transport.settle();
            peers.delete(id);
          } else for (let passed = 0; passed < span; passed += 5_000) broker.advance(5_000);
          for (const known of peers.values()) {
            const count = typesOf(known.peer).filter((type) => type === 'ICE').length;
            if (count > known.count) known.at = broker.clock.now();
            known.count = count;
            expect(broker.clock.now() - known.at).toBeLessThanOrEqual(TTL * 750 + 15_000);
          }
        }
      }),
      { numRuns: 20 },
    );
  });
});
