import { expect, it } from 'vitest';
import type { Connections } from '../../../src/application/connections.ts';
import type { Performer } from '../../../src/application/performer.ts';
import { RetainedReplay } from '../../../src/application/retained-replay.ts';
import type { Turns } from '../../../src/application/turns.ts';
import { Realm, type RealmSession } from '../../../src/domain/realm.ts';
import { LIMITS, REALM_IDENTITY } from '../domain/session-fixture.ts';
import { draft, guest, prefixPattern, SUBSCRIBER_TRAITS } from '../domain/topic-fixture.ts';

it('T17, M23: a search is done in slices, and one more token is taken for each 50,000 steps', () => {
  const realm = new Realm(REALM_IDENTITY, { ...LIMITS, retainedMessages: 1_000, retainedBytes: 10_000_000 });
  const topics = realm.topics(SUBSCRIBER_TRAITS);
  for (let topic = 0; topic < 500; topic++) {
    const publication = topics.parsePublication(
      draft(`a${topic}`, 'x', { retain: { lifetime: 1, isRequired: true } }),
      '',
      undefined,
    );
    if (typeof publication !== 'string') topics.retained.keep(publication, 0);
  }
  const ann = guest('ann', realm);
  topics.join(ann, [prefixPattern('a')], []);
  const wakeups: (() => void)[] = [];
  const told: string[] = [];
  const taken: number[] = [];
  realm.takeTokens = (_session, _now, tokens) => void taken.push(tokens ?? 0);
  const replay = new RetainedReplay({
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
      notify: (_to, event) => void told.push(event.event === 'publication' ? (event.publication.topics[0] ?? '') : ''),
    } as Connections,
  });
  replay.send(ann as RealmSession, [prefixPattern('a')]);
  expect([told.length, wakeups.length]).toEqual([0, 1]);
  const counts: number[] = [];
  for (let wake = wakeups.shift(); wake !== undefined; wake = wakeups.shift()) {
    wake();
    counts.push(told.length);
  }
  expect([counts.length > 3, counts.at(-1), new Set(told).size]).toEqual([true, 500, 500]);
  expect(Math.max(...counts.map((count, index) => count - (counts[index - 1] ?? 0)))).toBeLessThanOrEqual(100);
  expect(taken.reduce((sum, tokens) => sum + tokens, 0)).toBe(5);
});
