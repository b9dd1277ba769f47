import { beforeEach, describe, expect, it } from 'vitest';
import { ReceivedMessages } from '../../../src/application/received-messages.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { Connection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';
import { MAX_PENDING_DELIVERIES } from '../../../src/application/fan-out.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { Conversation, Dialect } from '../../../src/application/ports/dialect.ts';
import { SubscriberSearch } from '../../../src/domain/subscriber-search.ts';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import type { Member } from '../../../src/domain/member.ts';
import type { TopicEvent, Publication } from '../../../src/domain/topic.ts';
import { prefixPattern, guest, topicName } from '../domain/topic-fixture.ts';

const RECEIVED = new ReceivedMessages(new NoTelemetry(), 'relay');

/** Counts calls of `encodeEvent`. */
class CountingDialect extends RelayDialect {
  encoded = 0;
  readonly #list: string;

  /** @param list the frame of a list of members. */
  constructor(path: string, list = '') {
    super(path);
    this.#list = list;
  }

  override encodeEvent(event: TopicEvent): Uint8Array | undefined {
    this.encoded += 1;
    return event.event === 'members' ? Buffer.from(this.#list) : super.encodeEvent(event);
  }
}

const MERCURE = new MercureDialect('/hub', {
  isOpen: true,
  isAnonymous: true,
  isOwnToken: () => true,
  maxBodyBytes: 1_000,
  maxTopics: 10,
});
const DISABLED_TAP = { isEnabled: false, received: () => undefined, sent: () => undefined };

/** A clock that reports the turns of the event loop. */
class TurningClock extends ManualClock {
  readonly #turns: (() => void)[] = [];

  override wakeAt(at: number, wake: () => void): Wakeup {
    return super.wakeAt(at, () => {
      wake();
      for (const turn of this.#turns) turn();
    });
  }

  /** @returns the result of `count` after each turn. */
  turnsUntilDone(count: () => number): number[] {
    const counts: number[] = [];
    this.#turns.push(() => void counts.push(count()));
    this.advance(0);
    return counts;
  }
}

let clock: TurningClock;
let connections: Connections;
let written: string[];
beforeEach(() => {
  clock = new TurningClock();
  connections = new Connections(DISABLED_TAP, clock, new NoTelemetry());
  written = [];
});

function openConnections(
  count: number,
  dialect: Dialect = new RelayDialect('/relay'),
  conversation: Dialect | Conversation = dialect,
): ConnectionId[] {
  return Array.from({ length: count }, () => {
    const socket: Socket = {
      write: (text) => (written.push(`${id} ${Buffer.from(text).toString()}`), 'sent'),
      close: () => void written.push(`${id} closed`),
      terminate: () => undefined,
      ping: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
    const made = new Connection(
      { dialect, carrier: 'socket', received: RECEIVED },
      { socket, conversation, openedAt: 0 },
      { address: '192.0.2.1' },
    );
    const id: ConnectionId = connections.add(made);
    return id;
  });
}

function publication(text: string): Publication {
  const payload = Buffer.from(text);
  return {
    id: 'a',
    topics: [topicName('garden')],
    payload,
    type: undefined,
    retry: undefined,
    isPrivate: false,
    from: undefined,
  };
}

const event = (text: string): TopicEvent => ({ event: 'publication', publication: publication(text), subscribers: 0 });
const receivedBy = (id: ConnectionId): string[] =>
  written.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(`${id} `.length));

describe('T10: FanOut', () => {
  it('delivers to a few receivers at once', () => {
    connections.notify(openConnections(100), event('rain'));
    expect(written.length).toBe(100);
  });

  it('delivers in slices, one for each turn of the event loop, in the order of the receivers', () => {
    const all = openConnections(2_000);
    connections.notify(all, event('rain'));
    const counts = [written.length, ...clock.turnsUntilDone(() => written.length)];
    const slices = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    expect([Math.max(...slices) <= 500, written]).toEqual([true, all.map((id) => `${id} rain`)]);
  });

  it('delivers the waiting events of a connection in one turn', () => {
    const all = openConnections(1_000);
    const counts = (): number[] => all.map((id) => receivedBy(id).length);
    for (const text of ['one', 'two', 'three']) connections.notify(all, event(text));
    const first = counts();
    const partlyServed = (): number => counts().filter((count, at) => count > (first[at] ?? 0) && count < 3).length;
    // At the end of each slice, one connection is served partly.
    const turns = clock.turnsUntilDone(partlyServed);
    expect(Math.max(...turns)).toBeLessThan(turns.length);
    expect(new Set(counts())).toEqual(new Set([3]));
  });

  it('delivers large events in smaller slices', () => {
    const all = openConnections(20);
    connections.notify(all, event('x'.repeat(1_000_000)));
    expect(written.length).toBeLessThanOrEqual(3);
    clock.advance(0);
    expect(written.length).toBe(20);
  });

  it('B1: large events that wait, and whose memory is used again, arrive unchanged and in order', () => {
    const all = openConnections(20);
    const texts = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(100_000));
    for (const text of texts.slice(0, 2)) connections.notify(all, event(text));
    clock.advance(0);
    for (const text of texts.slice(2)) connections.notify(all, event(text));
    clock.advance(0);
    const short = (text: string): string => text.slice(0, 1) + text.length;
    for (const id of all) expect(receivedBy(id).map(short)).toEqual(texts.map(short));
    expect(new Set(written.map((line) => new Set(line.split(' ')[1]).size))).toEqual(new Set([1]));
  });

  it('encodes an event once for each dialect, in any order of the receivers', () => {
    const [one, other] = [new CountingDialect('/one'), new CountingDialect('/other')];
    const all = Array.from({ length: 1_000 }, () => [...openConnections(1, one), ...openConnections(1, other)]).flat();
    connections.notify(all, event('rain'));
    clock.advance(0);
    expect([one.encoded, other.encoded, written.length]).toEqual([1, 1, 2_000]);
  });

  it('M23: counts the patterns that a conversation matches with the topics of an event', () => {
    const topics = [topicName('x'.repeat(1_000))];
    const dialect = new RelayDialect('/relay');
    const open = (patternCount: number): ConnectionId[] =>
      Array.from({ length: 40 }, () => {
        const conversation = { encodeEvent: () => Buffer.from('frame'), patternCount } as unknown as Conversation;
        return openConnections(1, dialect, Object.assign(conversation, { voice: conversation }))[0] as ConnectionId;
      });
    const most = (patternCount: number): number => {
      written.length = 0;
      connections.notify(open(patternCount), {
        event: 'publication',
        publication: { ...publication('rain'), topics },
        subscribers: 0,
      });
      const counts = [written.length, ...clock.turnsUntilDone(() => written.length)];
      expect(written).toHaveLength(40);
      return Math.max(...counts.map((count, at) => count - (counts[at - 1] ?? 0)));
    };
    // 20 patterns take 100 units.
    expect([most(0), most(20)]).toEqual([40, 2]);
  });

  it('M23: encodes the frames of conversations with their own voice when they are delivered', () => {
    const dialect = new CountingDialect('/one');
    const encodeEvent = (late: TopicEvent): Uint8Array | undefined => dialect.encodeEvent(late);
    const all = Array.from({ length: 20 }, () => {
      const conversation = Object.assign(Object.create(dialect) as Conversation, { decode: undefined, encodeEvent });
      return openConnections(1, dialect, Object.assign(conversation, { voice: conversation }));
    }).flat();
    const borrowed = event('x'.repeat(1_000_000));
    connections.notify(all, borrowed);
    if (borrowed.event === 'publication') borrowed.publication.payload.fill(33);
    const counts = [dialect.encoded, ...clock.turnsUntilDone(() => dialect.encoded)];
    const perTurn = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    expect([Math.max(...perTurn), counts.at(-1), written.length]).toEqual([1, 20, 20]);
    expect(new Set(written.map((line) => line.split(' ')[1]?.slice(0, 3)))).toEqual(new Set(['xxx']));
  });

  it('T19: encodes a large list of members when it is delivered, and a few lists in one turn', () => {
    const dialect = new CountingDialect('/one', 'x'.repeat(500_000));
    const [id] = openConnections(1, dialect) as [ConnectionId];
    const members = new Set<Member>();
    for (let list = 0; list < 20; list++) {
      connections.notify([id], { event: 'members', topic: topicName('garden'), members, receipt: list });
    }
    const counts = [dialect.encoded, ...clock.turnsUntilDone(() => dialect.encoded)];
    const perTurn = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    expect([Math.max(...perTurn) <= 2, counts.at(-1), written.length]).toEqual([true, 20, 20]);
  });

  it('copies bytes that are borrowed', () => {
    const all = openConnections(1_000);
    const borrowed = event('rain');
    connections.notify(all, borrowed);
    if (borrowed.event === 'publication') borrowed.publication.payload.fill(33);
    clock.advance(0);
    expect(new Set(written.map((line) => line.split(' ')[1]))).toEqual(new Set(['rain']));
  });

  it('T4: delivers events to a connection in order', () => {
    const all = openConnections(1_200);
    for (const text of ['one', 'two', 'three']) connections.notify(all, event(text));
    connections.notify(all.slice(-1), event('four'));
    clock.advance(0);
    expect(all.slice(0, -1).filter((id) => receivedBy(id).join() !== 'one,two,three')).toEqual([]);
    expect(receivedBy(all.at(-1) as ConnectionId)).toEqual(['one', 'two', 'three', 'four']);
  });

  it.each([
    ['a text of the embedding program', (id: ConnectionId) => void connections.sendText(id, Buffer.from('text')), 'text'],
    ['a close by the embedding program', (id: ConnectionId) => connections.closeWithoutFrame(id, 1000, ''), 'closed'],
  ])('delivers pending events before %s', (_, act, last) => {
    const all = openConnections(1_000, MERCURE);
    const id = all.at(-1) as ConnectionId;
    connections.notify(all, event('rain'));
    expect(receivedBy(id)).toEqual([]);
    act(id);
    expect(receivedBy(id).map((text) => text.trim().split('\n').at(-1))).toEqual(['data: rain', last]);
    clock.advance(0);
    expect(receivedBy(id)).toHaveLength(2);
  });

  it.each([
    ['a keep-alive frame', (id: ConnectionId) => connections.ping(id), ':'],
    ['a reply', (id: ConnectionId) => connections.reply(id, Buffer.from('reply')), 'reply'],
  ])('M23: delivers thousands of pending events in slices before %s, and a later event after it', (_, act, last) => {
    const [id] = openConnections(1, MERCURE) as [ConnectionId];
    const lastLine = (text = ''): string => text.trim().split('\n').at(-1) ?? '';
    for (let count = 0; count < 5_000; count++) connections.notify([id], event('rain'));
    act(id);
    connections.notify([id], event('sun'));
    const counts = [0, ...clock.turnsUntilDone(() => written.length)];
    expect(Math.max(...counts.map((count, at) => count - (counts[at - 1] ?? 0)))).toBeLessThan(1_000);
    expect([written.length, ...receivedBy(id).slice(-3).map(lastLine)]).toEqual([5_002, 'data: rain', last, 'data: sun']);
  });

  it('B3: does not encode pending events for a connection that is closed to free memory', () => {
    const dialect = new CountingDialect('/one', 'x'.repeat(500_000));
    const [id] = openConnections(1, dialect) as [ConnectionId];
    Object.assign(connections.find(id) ?? {}, { memory: { isEnding: true } });
    for (let list = 0; list < 20; list++) {
      connections.notify([id], { event: 'members', topic: topicName('garden'), members: new Set(), receipt: list });
    }
    const before = dialect.encoded;
    connections.closeWithoutFrame(id, 1008, '');
    clock.advance(0);
    expect([dialect.encoded - before, written.at(-1)]).toEqual([0, `${id} closed`]);
  });

  it('does not encode pending events for a socket that was closed because its client reads too slowly', () => {
    const dialect = new CountingDialect('/one', 'x'.repeat(500_000));
    const [id] = openConnections(1, dialect) as [ConnectionId];
    Object.assign(connections.find(id)?.socket ?? {}, { write: () => 'gone' });
    for (let list = 0; list < 20; list++) {
      connections.notify([id], { event: 'members', topic: topicName('garden'), members: new Set(), receipt: list });
    }
    const before = dialect.encoded;
    connections.closeWithoutFrame(id, 1008, '');
    clock.advance(0);
    expect([dialect.encoded - before <= 1, written.at(-1)]).toEqual([true, `${id} closed`]);
  });

  it('delivers pending events before a close frame', () => {
    const all = openConnections(1_000);
    const last = all.at(-1) as ConnectionId;
    connections.notify(all, event('rain'));
    connections.close(last, () => ({ frame: Buffer.from('last frame'), code: 1000, why: '' }));
    expect(receivedBy(last)).toEqual(['rain', 'last frame', 'closed']);
    clock.advance(0);
    expect(receivedBy(last)).toEqual(['rain', 'last frame', 'closed']);
  });

  it('does not deliver to a connection that has ended, nor to the next one in its slot', () => {
    const all = openConnections(1_000);
    connections.notify(all, event('rain'));
    connections.remove(all.at(-1) as ConnectionId);
    const [reused] = openConnections(1) as [ConnectionId];
    clock.advance(0);
    expect([receivedBy(reused), written.length]).toEqual([[], 999]);
  });

  it('T10: limits pending deliveries, and delivers at once above twice the limit', () => {
    const all = openConnections(1_000);
    for (let count = 0; count < MAX_PENDING_DELIVERIES / 1_000 + 1; count++) connections.notify(all, event('rain'));
    expect(connections.fanOut.isFull).toBe(true);
    for (let count = 0; count < MAX_PENDING_DELIVERIES / 1_000 + 1; count++) connections.notify(all, event('rain'));
    expect(2 * MAX_PENDING_DELIVERIES + 2_000 - written.length).toBeLessThanOrEqual(2 * MAX_PENDING_DELIVERIES);
    clock.advance(0);
    expect([connections.fanOut.isFull, written.length]).toEqual([false, 2 * MAX_PENDING_DELIVERIES + 2_000]);
  });

  it('T10, B1: limits the bytes of pending frames, which count as memory of the publisher until they are delivered', () => {
    const all = openConnections(20);
    const budget = new MemoryBudget({ memoryBudget: 10_000_000, memoryPerAddress: 5_000_000 });
    const payer = budget.open('192.0.2.9');
    const publish = (): void => connections.fanOut.publishFor(payer, () => connections.notify(all, event('x'.repeat(1_000_000))));
    publish();
    expect([payer.bytes, connections.fanOut.isFull]).toEqual([1_000_000, false]);
    publish();
    publish();
    connections.notify(all, event('y'.repeat(1_000_000)));
    expect([payer.bytes, connections.fanOut.isFull]).toEqual([3_000_000, true]);
    clock.advance(0);
    expect([payer.bytes, connections.fanOut.isFull, written.length]).toEqual([0, false, 80]);
  });

  let tries = 0;
  const costly = (key: string) => ({
    ...prefixPattern('gar'),
    key,
    matches: (_: string, meter: { steps: number }) => ((meter.steps += 100_000), (tries += 1), true),
  });

  it('M21, M23: a client that is closed receives the pending events that can be matched within 2 million steps', () => {
    const [one] = openConnections(1) as [ConnectionId];
    const session = Object.assign(guest('ann'), { connection: one });
    for (let n = 0; n < 300; n++) {
      const search = new SubscriberSearch(publication('rain'), [], [[session, new Map([['a', costly(`${n}`)]])]]);
      connections.fanOut.broadcast(search, event('rain'));
    }
    const before = tries;
    connections.closeWithoutFrame(one, 1000, 'left');
    expect([tries - before, written.length - 1, written.at(-1)]).toEqual([20, tries, `${one} closed`]);
    clock.advance(0);
    expect(tries - before).toBe(20);
  });

  it('T10: matches candidates in slices too', () => {
    const all = openConnections(300);
    tries = 0;
    const byPattern = all.map(
      (connection, place) => [Object.assign(guest('ann'), { connection }), new Map([['a', costly(`${place}`)]])] as const,
    );
    const published = event('rain');
    connections.fanOut.broadcast(new SubscriberSearch(publication('rain'), [], byPattern), published);
    expect([tries < 20, tries]).toEqual([true, written.length]);
    clock.advance(0);
    expect([tries, written.length]).toEqual([300, 300]);
  });
});
