import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { newConnection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';
import { MAX_PENDING_DELIVERIES } from '../../../src/application/fan-out.ts';
import type { Wakeup } from '../../../src/application/ports/clock.ts';
import type { Dialect } from '../../../src/application/ports/dialect.ts';
import { SubscriberSearch } from '../../../src/domain/subscriber-search.ts';
import type { ConnectionId } from '../../../src/domain/ids.ts';
import type { TopicEvent, Publication } from '../../../src/domain/topic.ts';
import { prefixPattern, guest, topicName } from '../domain/topic-fixture.ts';

/** Counts how often it encodes. */
class CountingDialect extends RelayDialect {
  encoded = 0;

  override encodeEvent(news: TopicEvent): Uint8Array | undefined {
    this.encoded += 1;
    return super.encodeEvent(news);
  }
}

const SILENT = { isEnabled: false, received: () => undefined, sent: () => undefined };

/** Lets the turns of the event loop be looked at. */
class TurningClock extends ManualClock {
  readonly #turns: (() => void)[] = [];

  override wakeAt(at: number, wake: () => void): Wakeup {
    return super.wakeAt(at, () => {
      wake();
      for (const turn of this.#turns) turn();
    });
  }

  /** @returns what `count` says after each turn. */
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
  connections = new Connections(SILENT, clock);
  written = [];
});

function opens(count: number, dialect: Dialect = new RelayDialect('/relay')): ConnectionId[] {
  return Array.from({ length: count }, () => {
    const socket: Socket = {
      write: (text) => (written.push(`${id} ${Buffer.from(text).toString()}`), 'sent'),
      close: () => void written.push(`${id} closed`),
      ping: () => undefined,
      pause: () => undefined,
      resume: () => undefined,
    };
    const made = newConnection({ socket, dialect, address: '192.0.2.1' }, { origin: undefined, openedAt: 0 });
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

const news = (text: string): TopicEvent => ({ event: 'publication', publication: publication(text), subscribers: 0 });
const heardBy = (id: ConnectionId): string[] =>
  written.filter((line) => line.startsWith(`${id} `)).map((line) => line.slice(`${id} `.length));

describe('T10: news to many', () => {
  it('is told to a few at once', () => {
    connections.notify(opens(100), news('rain'));
    expect(written.length).toBe(100);
  });

  it('is told in slices, one for each turn of the event loop, to all in their order', () => {
    const all = opens(2_000);
    connections.notify(all, news('rain'));
    const counts = [written.length, ...clock.turnsUntilDone(() => written.length)];
    const slices = counts.map((count, at) => count - (counts[at - 1] ?? 0));
    expect([Math.max(...slices) <= 500, written]).toEqual([true, all.map((id) => `${id} rain`)]);
  });

  it('is told in smaller slices where it is large', () => {
    const all = opens(20);
    connections.notify(all, news('x'.repeat(1_000_000)));
    expect(written.length).toBeLessThanOrEqual(3);
    clock.advance(0);
    expect(written.length).toBe(20);
  });

  it('is encoded once for each dialect, whatever the order of the connections', () => {
    const [one, other] = [new CountingDialect('/one'), new CountingDialect('/other')];
    const all = Array.from({ length: 1_000 }, () => [...opens(1, one), ...opens(1, other)]).flat();
    connections.notify(all, news('rain'));
    clock.advance(0);
    expect([one.encoded, other.encoded, written.length]).toEqual([1, 1, 2_000]);
  });

  it('does not wait on bytes that are lent', () => {
    const all = opens(1_000);
    const lent = news('rain');
    connections.notify(all, lent);
    if (lent.event === 'publication') lent.publication.payload.fill(33);
    clock.advance(0);
    expect(new Set(written.map((line) => line.split(' ')[1]))).toEqual(new Set(['rain']));
  });

  it('T4: is overtaken by no later news to the same connection', () => {
    const all = opens(1_200);
    for (const text of ['one', 'two', 'three']) connections.notify(all, news(text));
    connections.notify(all.slice(-1), news('four'));
    clock.advance(0);
    expect(all.slice(0, -1).filter((id) => heardBy(id).join() !== 'one,two,three')).toEqual([]);
    expect(heardBy(all.at(-1) as ConnectionId)).toEqual(['one', 'two', 'three', 'four']);
  });

  it('is overtaken by no last word either', () => {
    const all = opens(1_000);
    const last = all.at(-1) as ConnectionId;
    connections.notify(all, news('rain'));
    connections.close(last, () => ({ frame: Buffer.from('farewell'), code: 1000, why: '' }));
    expect(heardBy(last)).toEqual(['rain', 'farewell', 'closed']);
    clock.advance(0);
    expect(heardBy(last)).toEqual(['rain', 'farewell', 'closed']);
  });

  it('does not reach a connection that is over, nor the next one in its slot', () => {
    const all = opens(1_000);
    connections.notify(all, news('rain'));
    connections.remove(all.at(-1) as ConnectionId);
    const [young] = opens(1) as [ConnectionId];
    clock.advance(0);
    expect([heardBy(young), written.length]).toEqual([[], 999]);
  });

  it('T10: has a bound; what is beyond twice of it is told at once', () => {
    const all = opens(1_000);
    for (let count = 0; count < MAX_PENDING_DELIVERIES / 1_000 + 1; count++) connections.notify(all, news('rain'));
    expect(connections.fanOut.isFull).toBe(true);
    for (let count = 0; count < MAX_PENDING_DELIVERIES / 1_000 + 1; count++) connections.notify(all, news('rain'));
    expect(2 * MAX_PENDING_DELIVERIES + 2_000 - written.length).toBeLessThanOrEqual(2 * MAX_PENDING_DELIVERIES);
    clock.advance(0);
    expect([connections.fanOut.isFull, written.length]).toEqual([false, 2 * MAX_PENDING_DELIVERIES + 2_000]);
  });

  it('T10: those that hear it are found in slices too', () => {
    const all = opens(300);
    let tries = 0;
    const costly = (key: string) => ({
      ...prefixPattern('gar'),
      key,
      matches: (_: string, meter: { steps: number }) => ((meter.steps += 100_000), (tries += 1), true),
    });
    const byPattern = all.map(
      (connection, place) => [Object.assign(guest('ann'), { connection }), new Map([['a', costly(`${place}`)]])] as const,
    );
    const said = news('rain');
    connections.fanOut.broadcast(new SubscriberSearch(publication('rain'), [], byPattern), said);
    expect([tries < 20, tries]).toEqual([true, written.length]);
    clock.advance(0);
    expect([tries, written.length]).toEqual([300, 300]);
  });
});
