import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { Connection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';
import { MissedReplay } from '../../../src/application/missed-replay.ts';
import type { Performer } from '../../../src/application/performer.ts';
import { ReceivedMessages } from '../../../src/application/received-messages.ts';
import { Turns } from '../../../src/application/turns.ts';
import type { CatchUp } from '../../../src/domain/catch-up.ts';
import type { Decision } from '../../../src/domain/decision.ts';
import { realmKey } from '../../../src/domain/ids.ts';
import { MemoryAccount } from '../../../src/domain/memory-account.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { TopicRegistry } from '../../../src/domain/topic-registry.ts';
import type { RequestedTopics, TopicEvent } from '../../../src/domain/topic.ts';
import { LIMITS, REALM_IDENTITY, session } from '../domain/session-fixture.ts';
import { draft, SUBSCRIBER_TRAITS, topic } from '../domain/topic-fixture.ts';

/** Counts calls of `encodeEvent`. */
class CountingDialect extends MercureDialect {
  encoded = 0;

  override encodeEvent(event: TopicEvent): Uint8Array | undefined {
    this.encoded += 1;
    return super.encodeEvent(event);
  }
}

const MERCURE = new CountingDialect('/hub', {
  isOpen: true,
  isAnonymous: true,
  isOwnToken: () => true,
  maxBodyBytes: 1_000,
  maxTopics: 10,
});
const DISABLED_TAP = { isEnabled: false, received: () => undefined, sent: () => undefined };
const RECEIVED = new ReceivedMessages(new NoTelemetry(), 'mercure');

/** A clock that stops after each turn of the event loop. */
class SteppingClock extends ManualClock {
  #steps: (() => void)[] = [];

  override wakeAt(_at: number, wake: () => void) {
    this.#steps.push(wake);
    return { cancel: () => undefined };
  }

  /** Runs all that is due in the next turn. @returns whether there was anything. */
  step(): boolean {
    const due = this.#steps;
    this.#steps = [];
    for (const wake of due) wake();
    return due.length > 0;
  }
}

let clock: SteppingClock;
let connections: Connections;
let realm: Realm;
let topics: TopicRegistry;
let replay: MissedReplay;
let onReplay: (realm: Realm, session: Session, missed: CatchUp) => void;
let performAll: (decisions: readonly Decision[]) => void;
let closed: string[];
let published: number;

beforeEach(() => start());

function start(): void {
  clock = new SteppingClock();
  connections = new Connections(DISABLED_TAP, clock, new NoTelemetry());
  realm = new Realm(REALM_IDENTITY, {
    ...LIMITS,
    concurrentLimit: 100,
    historyMessages: 1_000,
    historyBytes: 10_000_000,
    sendBufferBytes: 10_000_000,
  });
  topics = realm.topics(SUBSCRIBER_TRAITS);
  [closed, published, MERCURE.encoded] = [[], 0, 0];
  const perform = (decision: Decision): void => {
    if (decision.do === 'notify') connections.notify(decision.to, decision.event);
    if (decision.do === 'close') closed.push(decision.ending);
    if (decision.do === 'replay') onReplay(realm, decision.session, decision.missed);
  };
  performAll = (decisions) => decisions.forEach(perform);
  const performer = {
    onReplay: (listener: typeof onReplay) => void (onReplay = listener),
    performAll: (_realm: Realm, decisions: readonly Decision[]) => performAll(decisions),
  } as unknown as Performer;
  const turns = new Turns((error) => {
    throw error;
  });
  replay = new MissedReplay({ connections, performer, clock, turns });
}

/** Publishes the next number. */
function publish(bytes = 2_000): void {
  const text = `${published++}`;
  const publication = topics.parsePublication(draft('garden', text.padEnd(bytes, ' ')), text, undefined);
  if (typeof publication === 'string') throw new Error(publication);
  const decisions: Decision[] = [];
  topics.publish(publication, undefined, decisions);
  performAll(decisions);
}

interface Stream {
  readonly session: RealmSession;
  readonly memory: MemoryAccount;
  /** The ids of the publications that it has received. */
  readonly ids: number[];
}

/** Opens a stream that has missed the whole history. */
function open(requested: Partial<RequestedTopics> = {}): Stream {
  const ids: number[] = [];
  const ignore = (): void => undefined;
  const memory = new MemoryAccount(new MemoryBudget({ memoryBudget: 1e9, memoryPerAddress: 1e9 }), '192.0.2.1');
  const socket = {
    write: (bytes: Uint8Array) => (ids.push(Number(/^id: (\d+)/.exec(Buffer.from(bytes).toString())?.[1])), 'sent' as const),
    ...{ close: ignore, terminate: ignore, ping: ignore, pause: ignore, resume: ignore },
  };
  const connection = new Connection(
    { dialect: MERCURE, carrier: 'stream', received: RECEIVED },
    { socket, conversation: MERCURE, openedAt: 0 },
    { address: '192.0.2.1', memory },
  );
  const id = connections.add(connection);
  const requestedTopics = { selectors: [topic('garden')], presence: false, since: 'earliest', ...requested };
  const one = session('ann', realm, 0, { connection: id, traits: SUBSCRIBER_TRAITS, requestedTopics, memory });
  connection.session = one;
  realm.connecting(one, 0);
  replay.open(realm.key, (spend) => {
    spend(1);
    const decisions: Decision[] = [];
    realm.admitGuest(one, decisions);
    performAll(decisions);
  });
  return { session: one, memory, ids };
}

/** Runs all turns. @returns the result of `count` after each one. */
function run(count: () => number): number[] {
  const counts = [count()];
  while (clock.step()) counts.push(count());
  return counts;
}

const differences = (counts: readonly number[]): number[] => counts.map((count, index) => count - (counts[index - 1] ?? 0));
const numbers = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

describe('MER5, M23: the replay of missed publications', () => {
  it('is sent in slices, and its rest counts as memory of the stream (B1)', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const ann = open();
    expect(ann.memory.bytes).toBeGreaterThan(1_500_000);
    const slices = differences(run(() => MERCURE.encoded));
    expect(Math.max(...slices)).toBeLessThanOrEqual(200);
    expect(slices.filter((count) => count > 0).length).toBeGreaterThan(5);
    expect([ann.ids, ann.memory.bytes < 1_000, topics.subscriptionCount]).toEqual([numbers(1_000), true, 1]);
  });

  it('is short if its publications are large', () => {
    for (let n = 0; n < 10; n++) publish(200_000);
    const ann = open();
    expect(Math.max(...differences(run(() => MERCURE.encoded)))).toBeLessThanOrEqual(4);
    expect(ann.ids).toEqual(numbers(10));
  });

  it('T4: precedes publications that arrive meanwhile, each one once', () => {
    const size = fc.constantFrom(1, 2_000, 40_000);
    const turnsOf = fc.array(fc.array(size, { maxLength: 8, size: 'max' }), { maxLength: 8 });
    fc.assert(
      fc.property(
        fc.array(size, { maxLength: 100, size: 'max' }),
        turnsOf,
        fc.integer({ min: 1, max: 3 }),
        (missed, turns, streams) => {
          start();
          missed.forEach(publish);
          const all = Array.from({ length: streams }, () => open({ since: missed.length > 0 ? '0' : 'earliest' }));
          for (const sizes of turns) {
            sizes.forEach(publish);
            clock.step();
          }
          run(() => 0);
          publish();
          run(() => 0);
          for (const { ids, memory } of all) {
            expect(ids).toEqual(numbers(published).slice(published - ids.length));
            expect([ids.length >= published - missed.length, memory.bytes < 1_000]).toEqual([true, true]);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('has only what is selected, and what the subscriber may read', () => {
    for (let n = 0; n < 500; n++) publish();
    const ann = open();
    const secret = topics.parsePublication(draft('garden', 'x', { isPrivate: true }), '900', undefined);
    const other = topics.parsePublication(draft('street', 'x'), '901', undefined);
    for (const one of [secret, other]) if (typeof one !== 'string') topics.publish(one, undefined, []);
    run(() => 0);
    expect(ann.ids).toEqual(numbers(500));
  });

  it('ends with its stream', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const ann = open();
    const before = ann.ids.length;
    realm.leave(ann.session);
    connections.remove(ann.session.connection);
    const turns = run(() => ann.ids.length);
    expect([ann.ids.length, ann.memory.bytes, topics.subscriptionCount, turns.length < 4]).toEqual([before, 0, 0, true]);
    expect(before).toBeGreaterThan(0);
  });

  it('MER12: ends with the token, M21: and when the broker closes the stream, without a gap', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const ann = open({ expiresAt: 5_000 });
    clock.advanceWithoutWaking(5_000);
    const before = ann.ids.length;
    run(() => 0);
    publish();
    expect([ann.ids.length, topics.subscriptionCount]).toEqual([before, 0]);
    const bob = open();
    publish();
    const decisions: Decision[] = [];
    realm.drain(decisions, 10, false);
    expect(decisions).toContainEqual({ do: 'close', session: bob.session, ending: 'restarting' });
    connections.closeWithoutFrame(bob.session.connection, 1001, '');
    run(() => 0);
    expect([bob.ids.length > 0, bob.ids.length < 1_000]).toEqual([true, true]);
    expect(bob.ids).toEqual(bob.ids.map((_, n) => (bob.ids[0] ?? 0) + n));
  });

  it('B3: ends if the stream holds too much memory', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const ann = open();
    ann.memory.isEnding = true;
    const before = ann.ids.length;
    run(() => 0);
    expect([ann.ids.length, topics.subscriptionCount]).toEqual([before, 0]);
  });

  it('T5: closes the stream if its topics have no room meanwhile', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const ann = open();
    topics.refusalFor = () => 'too-many-topics';
    run(() => 0);
    expect([ann.ids.length, closed]).toEqual([1_000, ['overreaching']]);
  });
});

describe('M23: streams with a replay', () => {
  it('are opened one after the other, in order, and count for the turn', () => {
    for (let n = 0; n < 1_000; n++) publish();
    const opened: number[] = [];
    const first = open();
    for (const n of [1, 2]) expect(replay.open(realm.key, () => void opened.push(n))).toBe(0);
    expect([first.memory.bytes > 0, opened]).toEqual([true, []]);
    run(() => 0);
    expect([first.ids.length, opened]).toEqual([1_000, [1, 2]]);
    expect(replay.open(realm.key, (spend) => spend(7))).toBe(7);
  });

  it('are opened in later turns if the search takes long', () => {
    let opened = 0;
    for (let n = 0; n < 10; n++) replay.open(realm.key, (spend) => spend((opened += 1) && 3_000));
    const counts = run(() => opened);
    expect([counts[0], counts.at(-1)]).toEqual([2, 10]);
    expect(Math.max(...differences(counts))).toBe(2);
  });

  it('are opened in turns by realm, so that many streams of one realm do not delay another', () => {
    const opened: string[] = [];
    const wait = (key: string, name: string): void =>
      void replay.open(realmKey(key), (spend) => {
        spend(10_000);
        opened.push(name);
      });
    for (let n = 0; n < 100; n++) wait('busy', `busy ${n}`);
    for (const name of ['quiet 0', 'quiet 1']) wait('quiet', name);
    run(() => 0);
    expect(opened.slice(0, 6)).toEqual(['busy 0', 'busy 1', 'quiet 0', 'busy 2', 'quiet 1', 'busy 3']);
    expect(opened).toHaveLength(102);
  });
});
