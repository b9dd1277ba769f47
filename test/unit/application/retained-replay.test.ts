import { beforeEach, describe, expect, it } from 'vitest';
import type { Connections } from '../../../src/application/connections.ts';
import type { Performer } from '../../../src/application/performer.ts';
import { RetainedReplay } from '../../../src/application/retained-replay.ts';
import type { Turns } from '../../../src/application/turns.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import { LIMITS, REALM_IDENTITY } from '../domain/session-fixture.ts';
import { draft, guest, prefixPattern, SUBSCRIBER_TRAITS } from '../domain/topic-fixture.ts';

const TOPICS = 500;

let realm: Realm;
let replay: RetainedReplay;
let wakeups: (() => void)[];
/** The connection of each delivery. */
let told: number[];
let topicsTold: Set<string>;
let tokensTaken: number;

beforeEach(() => {
  [wakeups, told, topicsTold, tokensTaken] = [[], [], new Set(), 0];
  realm = new Realm(REALM_IDENTITY, { ...LIMITS, retainedMessages: 1_000, retainedBytes: 10_000_000 });
  realm.takeTokens = (_session, _now, tokens) => void (tokensTaken += tokens ?? 0);
  const topics = realm.topics(SUBSCRIBER_TRAITS);
  for (let topic = 0; topic < TOPICS; topic++) {
    const retained = draft(`a${topic}`, 'x', { retain: { lifetime: 1, isRequired: true } });
    const publication = topics.parsePublication(retained, '', undefined);
    if (typeof publication !== 'string') topics.retained.keep(publication, 0);
  }
  replay = new RetainedReplay({
    clock: {
      now: () => 0,
      wakeAt: (_time, wake) => {
        wakeups.push(wake);
        return { cancel: () => undefined };
      },
    },
    turns: { run: (turn: () => void) => turn() } as Turns,
    performer: {} as Performer,
    connections: {
      notify: ([connection], event) => {
        told.push(connection as number);
        if (event.event === 'publication') topicsTold.add(event.publication.topics[0] ?? '');
      },
    } as Connections,
  });
});

/** Subscribes to all topics with a pattern. @returns the connection. */
function subscribe(id: string): number {
  const session = guest(id, realm) as RealmSession;
  realm.topics(SUBSCRIBER_TRAITS).join(session, [prefixPattern('a')], []);
  replay.send(session, [prefixPattern('a')]);
  return session.connection;
}

/** Runs all turns. @returns the number of deliveries after each one. */
function run(): number[] {
  const counts: number[] = [];
  for (let wake = wakeups.shift(); wake !== undefined; wake = wakeups.shift()) {
    wake();
    counts.push(told.length);
  }
  return counts;
}

describe('T17, M23: the search for retained publications', () => {
  it('is done in slices, and one more token is taken for each 50,000 steps', () => {
    subscribe('ann');
    expect([told.length, wakeups.length]).toEqual([0, 1]);
    const counts = run();
    expect([counts.length > 3, counts.at(-1), topicsTold.size]).toEqual([true, TOPICS, TOPICS]);
    expect(Math.max(...counts.map((count, index) => count - (counts[index - 1] ?? 0)))).toBeLessThanOrEqual(100);
    expect(tokensTaken).toBe(5);
  });

  it('of one connection does not delay those of others', () => {
    const [ann, bob] = [subscribe('ann'), subscribe('bob')];
    run();
    expect([told.length, new Set(told).size]).toEqual([2 * TOPICS, 2]);
    const firstHalf = told.slice(0, TOPICS);
    for (const one of [ann, bob]) expect(firstHalf.filter((connection) => connection === one).length).toBeGreaterThan(150);
  });
});
