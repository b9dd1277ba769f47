import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { RealmTables } from '../../../src/adapters/mailboxes/shared/realm-tables.ts';
import { MemorySocket } from '../../../src/adapters/transports/memory/socket.ts';
import { ACTS_PER_TURN, actOnEach } from '../../../src/application/slices.ts';
import { Turns } from '../../../src/application/turns.ts';
import { NEVER, type Millis } from '../../../src/domain/time.ts';
import type { Config } from '../../../src/composition/configuration/config.ts';
import { TestBroker, type TestPeer } from '../../support/test-broker.ts';

afterEach(() => void vi.restoreAllMocks());

const COUNT = 3 * ACTS_PER_TURN + 50;

describe('work in slices', () => {
  let clock: ManualClock;
  let faults: unknown[];
  let turns: Turns;
  beforeEach(() => {
    [clock, faults] = [new ManualClock(), []];
    turns = new Turns((error) => void faults.push(error));
  });

  it.each([0, 1, ACTS_PER_TURN - 1, ACTS_PER_TURN, ACTS_PER_TURN + 1, COUNT])(
    'acts on each of %i items once, in order',
    (count) => {
      const acted: number[] = [];
      let done = 0;
      const items = Array.from({ length: count }, (_, index) => index);
      actOnEach(
        { clock, turns },
        items,
        (item) => acted.push(item),
        () => (done += 1),
      );
      expect(acted).toHaveLength(Math.min(count, ACTS_PER_TURN));
      clock.advance(0);
      expect([acted, done, clock.nextWakeup()]).toEqual([items, 1, NEVER]);
    },
  );

  it('goes on after a fault, and begins after the current turn', () => {
    const acted: number[] = [];
    turns.begin();
    actOnEach({ clock, turns }, [1, 2, 3], (item) => {
      if (item === 2) throw new Error('a bug');
      acted.push(item);
    });
    expect(acted).toEqual([]);
    turns.end();
    clock.advance(0);
    expect([acted, faults]).toEqual([[1, 3], [new Error('a bug')]]);
  });
});

describe('M23: rules for many connections', () => {
  /** Connections that were closed, or frames that were received, in each turn of the event loop. */
  let inTurns: number[];
  let measure: () => number;
  beforeEach(() => {
    inTurns = [];
    measure = () => 0;
  });

  function counted(act: () => void): void {
    const before = measure();
    act();
    inTurns.push(measure() - before);
  }

  function brokerOf(config: Partial<Config> = {}): TestBroker {
    return new TestBroker(config, (clock) => ({
      clock: { now: () => clock.now(), wakeAt: (at, wake) => clock.wakeAt(at, () => counted(wake)) },
    }));
  }

  function connect(broker: TestBroker, count = COUNT): TestPeer[] {
    const peers = Array.from({ length: count }, (_, n) => broker.connectPeer(`peer ${n}`));
    measure = () => peers.filter(({ closeCode }) => closeCode !== undefined).length;
    return peers;
  }

  const codesOf = (peers: readonly TestPeer[]): (number | undefined)[] => [...new Set(peers.map(({ closeCode }) => closeCode))];

  it.each<[string, Millis]>([
    ['at once', 0],
    ['over 100 ms', 100],
  ])('a drain %s closes a bounded number in a turn, the oldest first, and relays for the others', async (_, drainSpread) => {
    const broker = brokerOf({ drainSpread });
    const peers = connect(broker);
    let closing: Promise<void> | undefined;
    counted(() => {
      closing = broker.broker.close();
    });
    const isOpen = peers.map(({ closeCode }) => closeCode === undefined);
    expect(isOpen.indexOf(true)).toBe(isOpen.lastIndexOf(false) + 1);
    peers.at(-1)?.sendOffer(`peer ${COUNT - 2}`);
    expect(peers.at(-2)?.received).toHaveLength(1);
    for (let turn = 0; turn < 20; turn++) {
      broker.advance(drainSpread);
      await Promise.resolve();
    }
    await closing;
    expect([codesOf(peers), Math.max(...inTurns)]).toEqual([[1012], ACTS_PER_TURN]);
  });

  it('the end of a drain cuts a bounded number of clients that do not close in a turn', async () => {
    const broker = brokerOf({ drainTimeout: 10_000 });
    connect(broker);
    vi.spyOn(MemorySocket.prototype, 'close').mockReturnValue();
    const terminate = vi.spyOn(MemorySocket.prototype, 'terminate');
    measure = () => terminate.mock.calls.length;
    const closing = broker.broker.close();
    for (let turn = 0; turn < 40; turn++) {
      broker.advance(1_000);
      await Promise.resolve();
    }
    await closing;
    expect([broker.events.at(-1), Math.max(...inTurns)]).toEqual([{ event: 'stopped', cut: COUNT }, ACTS_PER_TURN]);
  });

  it('a sweep closes a bounded number of idle peers in a turn', () => {
    const broker = brokerOf({ aliveTimeout: 60_000 });
    const peers = connect(broker);
    for (const { client } of peers) client.answersPings = false;
    broker.advance(70_000);
    expect([codesOf(peers), Math.max(...inTurns)]).toEqual([[4002], ACTS_PER_TURN]);
  });

  it('R2: also in realms by pattern', () => {
    const broker = brokerOf({ aliveTimeout: 60_000, keys: ['room-*'] });
    const peers = Array.from({ length: COUNT }, (_, n) => broker.connectPeer('ann', { key: `room-${n % 40}-${n}` }));
    measure = () => peers.filter(({ closeCode }) => closeCode !== undefined).length;
    for (const { client } of peers) client.answersPings = false;
    broker.advance(70_000);
    expect([codesOf(peers), Math.max(...inTurns)]).toEqual([[4002], ACTS_PER_TURN]);
  });

  it('M14: a sweep sends a bounded number of notices in a turn', () => {
    const broker = brokerOf({ expireTimeout: 5_000 });
    const peers = connect(broker);
    for (const peer of peers) peer.sendOffer('nobody');
    measure = () => peers.filter(({ received }) => received.length > 0).length;
    broker.advance(7_000);
    expect([measure(), Math.max(...inTurns)]).toEqual([COUNT, ACTS_PER_TURN]);
  });

  it('M14, M15: a sweep removes a bounded number of messages in a turn, and reports each pair once', () => {
    const expire = vi.spyOn(RealmTables.prototype, 'expire');
    const broker = brokerOf({ expireTimeout: 5_000 });
    const peers = connect(broker, 10);
    const recipients = Array.from({ length: 60 }, (_, n) => `absent ${n}`);
    for (let round = 0; round < 3; round++) for (const peer of peers) for (const to of recipients) peer.sendOffer(to);
    measure = () => expire.mock.calls.length;
    broker.advance(7_000);
    const slices = expire.mock.results.map(({ value }) => (value as ReturnType<RealmTables['expire']>).isMore);
    expect([slices.indexOf(false), Math.max(...inTurns)]).toEqual([3, 1]);
    const notices = recipients.map((src) => expect.objectContaining({ type: 'EXPIRE', src }));
    expect(peers.map(({ received }) => received)).toEqual(peers.map(() => notices));
  });

  it('ADM4: a ban of a network closes a bounded number in a turn', () => {
    const broker = brokerOf();
    const peers = connect(broker);
    let closed: number | undefined;
    const ban = { what: 'address', value: '192.0.2.0/24', realm: undefined, endsAt: NEVER, reason: 'spam' } as const;
    counted(() =>
      broker.broker.operations.ban(ban, { reason: 'spam', from: '' }, (outcome) => {
        closed = outcome.ok ? outcome.value.closed : undefined;
      }),
    );
    broker.advance(0);
    expect([codesOf(peers), closed, Math.max(...inTurns)]).toEqual([[4004], COUNT, ACTS_PER_TURN]);
  });
});
