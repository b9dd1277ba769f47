import { beforeEach, describe, expect, it } from 'vitest';
import type { CatchUp } from '../../../src/domain/catch-up.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { Publication, RequestedTopics, Selector } from '../../../src/domain/topic.ts';
import type { TopicRegistry } from '../../../src/domain/topic-registry.ts';
import { LIMITS, REALM_IDENTITY } from './session-fixture.ts';
import { decisionsOf, draft, guest, notifications, prefixPattern, SUBSCRIBER_TRAITS, topic } from './topic-fixture.ts';

let realm: Realm;
let registry: TopicRegistry;
beforeEach(() => {
  realm = new Realm(REALM_IDENTITY, LIMITS);
  registry = realm.topics(SUBSCRIBER_TRAITS);
});

function read(topics: string | readonly string[], text = '', more = {}): Publication {
  const publication = registry.parsePublication(draft(topics, text, more), `id of ${text}`, undefined);
  if (typeof publication === 'string') throw new Error(publication);
  return publication;
}

const published = (...given: Parameters<typeof read>): string[] =>
  notifications(decisionsOf((out) => registry.publish(read(...given), undefined, out)));

describe('publishing', () => {
  it('T13: keeps the extra of a draft', () => {
    const extra = { dialect: 'nats', bytes: Uint8Array.of(1) };
    expect([read('garden', '', { extra }).extra, read('garden').extra]).toEqual([extra, undefined]);
  });

  it('T3: notifies each subscriber once, even if several topics match', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    registry.join(ann, [topic('garden'), topic('street'), prefixPattern('g')], []);
    registry.join(bob, [topic('street')], []);
    expect(published(['garden', 'street'], 'rain')).toEqual([
      `${ann.connection} garden+street=rain`,
      `${bob.connection} street+garden=rain`,
    ]);
    expect(published('grass', 'grows')).toEqual([`${ann.connection} grass=grows`]);
    expect(published('river', 'noise')).toEqual([]);
  });

  const enlarge = (): void => {
    realm = new Realm(REALM_IDENTITY, { ...LIMITS, concurrentLimit: 9, topicsPerConnection: 9 });
    registry = realm.topics(SUBSCRIBER_TRAITS);
  };

  it.each([
    ['', {}],
    ['private ', { isPrivate: true }],
  ])('T3: a %spublication with several topics has the first one that its subscriber follows by name', (_, more) => {
    enlarge();
    const member = (id: string, ...selectors: readonly Selector[]): number => {
      const one = guest(id, realm, { clearance: [topic('c')] });
      registry.join(one, selectors, []);
      return one.connection;
    };
    const bob = member('bob', topic('c'));
    const cem = member('cem', topic('c'), topic('b'));
    const dan = member('dan', topic('a'), topic('c'));
    const expected = [`${dan} a+b+c=rain`, `${cem} b+a+c=rain`, `${bob} c+a+b=rain`];
    expect(published(['a', 'b', 'c'], 'rain', more)).toEqual(expected);
    const eve = member('eve', prefixPattern('c'));
    member('joe', prefixPattern('x'));
    expect(published(['a', 'b', 'c'], 'rain', more)).toEqual(expected.toSpliced(1, 0, `${eve} a+b+c=rain`));
    expect(registry.publish(read(['a', 'b', 'c'], '', more), undefined, [])).toBe(5);
  });

  it('T3: a publication with more than 8 topics has its own first topic for every subscriber', () => {
    enlarge();
    const ann = guest('ann', realm);
    registry.join(ann, [topic('t7'), topic('t8')], []);
    const topics = Array.from({ length: 9 }, (_, n) => `t${n}`);
    expect(published(topics)).toEqual([`${ann.connection} ${topics.join('+')}=`]);
    expect(published(topics.slice(0, 8))).toEqual([`${ann.connection} t7+${topics.slice(0, 7).join('+')}=`]);
  });

  it('T4: does not notify the publisher without echo', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    for (const one of [ann, bob]) registry.join(one, [topic('garden')], []);
    expect(notifications(decisionsOf((out) => registry.publish(read('garden', 'rain'), ann, out)))).toEqual([
      `${bob.connection} garden=rain`,
    ]);
  });

  it('REL2: reports the number of subscribers', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    for (const one of [ann, bob]) registry.join(one, [topic('garden')], []);
    expect(decisionsOf((out) => registry.publish(read('garden'), ann, out))).toMatchObject([{ event: { subscribers: 2 } }]);
  });

  it('MER7: sends a private publication only to subscribers with clearance for one of its topics', () => {
    const cleared = guest('ann', realm, { clearance: [topic('street')] });
    const other = guest('bob', realm);
    for (const one of [cleared, other]) registry.join(one, [topic('garden')], []);
    expect(published(['garden', 'street'], 'key', { isPrivate: true })).toEqual([`${cleared.connection} garden+street=key`]);
    expect(published('garden', 'key', { isPrivate: true })).toEqual([]);
  });

  it('T1, T5: rejects a publication without topics, with an invalid topic, or with too many', () => {
    const refusals = [[], [''], ['x'.repeat(11)], ['a', 'b', 'c', 'd']].map((topics) =>
      registry.parsePublication(draft(topics), 'id', undefined),
    );
    expect(refusals).toEqual(['topic-unusable', 'topic-unusable', 'topic-unusable', 'too-many-topics']);
  });

  it('PEO3: publishes to all topics of the connection if the draft has none', () => {
    const ann = guest('ann', realm);
    registry.join(ann, [topic('garden'), topic('street')], []);
    expect(registry.parsePublication(draft([]), 'id', ann)).toMatchObject({ topics: ['garden', 'street'], from: 'ann' });
  });

  it('does not notify a closing session', () => {
    const ann = guest('ann', realm);
    registry.join(ann, [topic('garden')], []);
    realm.leave(ann);
    expect(published('garden')).toEqual([]);
  });
});

describe('joining', () => {
  it('T3: join and leave are idempotent', () => {
    const ann = guest('ann', realm);
    const selectors = [topic('garden'), prefixPattern('h')];
    registry.join(ann, selectors, []);
    registry.join(ann, selectors, []);
    expect([registry.subscriptionCount, published('garden', 'x').length]).toEqual([2, 1]);
    registry.leave(ann, selectors, []);
    registry.leave(ann, selectors, []);
    expect([registry.subscriptionCount, published('garden'), published('street')]).toEqual([0, [], []]);
  });

  it('T5: limits the subscriptions of a connection; existing ones do not count again', () => {
    const ann = guest('ann', realm);
    expect(registry.refusalFor([topic('a'), topic('b'), topic('c'), topic('d')], ann)).toBe('too-many-topics');
    registry.join(ann, [topic('a'), topic('b'), prefixPattern('c')], []);
    expect(registry.refusalFor([topic('a'), prefixPattern('c')], ann)).toBeUndefined();
    expect(registry.refusalFor([topic('e')], ann)).toBe('too-many-topics');
  });

  it('T5: limits the subscriptions and the patterns of all connections', () => {
    const [ann, bob, eve] = [guest('ann', realm), guest('bob', realm), guest('eve', realm)];
    for (const one of [ann, bob]) registry.join(one, [topic('a'), topic('b'), prefixPattern(one.id)], []);
    expect(registry.refusalFor([topic('a'), topic('b')], eve)).toBeUndefined();
    expect(registry.refusalFor([topic('a'), topic('b'), topic('c')], eve)).toBe('too-many-topics');
    expect(registry.refusalFor([prefixPattern('x')], eve)).toBe('too-many-topics');
  });

  it('T1: rejects all selectors if one is invalid', () => {
    expect([
      registry.refusalFor([topic('a'), topic('')]),
      registry.refusalFor([prefixPattern('x'.repeat(10))]),
      registry.refusalFor([]),
    ]).toEqual(['topic-unusable', 'topic-unusable', undefined]);
  });
});

describe('presence', () => {
  it('T7: notifies a new member of the others and vice versa; connections without presence are invisible', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    const hidden = guest('hidden', realm);
    registry.join(hidden, [topic('garden')], []);
    expect(notifications(decisionsOf((out) => registry.join(ann, [topic('garden')], out)))).toEqual([
      `${ann.connection} in garden: `,
    ]);
    expect(notifications(decisionsOf((out) => registry.join(bob, [topic('garden')], out)))).toEqual([
      `${bob.connection} in garden: ann`,
      `${ann.connection} bob joined garden`,
    ]);
    expect(notifications(decisionsOf((out) => registry.leave(bob, [topic('garden')], out)))).toEqual([
      `${ann.connection} bob left garden`,
    ]);
  });

  it('T5: limits the connections with presence in a topic; others are not counted', () => {
    const here = ['a', 'b', 'c'].map((id) => guest(id, realm, { presence: true }));
    for (const one of here) {
      expect(registry.refusalFor([topic('garden')], one)).toBeUndefined();
      registry.join(one, [topic('garden')], []);
    }
    const [late, hidden] = [guest('d', realm, { presence: true }), guest('e', realm)];
    expect([late, hidden].map((one) => registry.refusalFor([topic('garden')], one))).toEqual(['too-many-topics', undefined]);
    registry.leave(here[0] as Session, [topic('garden')], []);
    expect(registry.refusalFor([topic('garden')], late)).toBeUndefined();
  });

  it('T7, T8: removes a closed connection from all its topics, and publishes its will', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    for (const one of [ann, bob]) registry.join(one, [topic('garden'), prefixPattern('x')], []);
    bob.will = new TextEncoder().encode('farewell');
    realm.lost(bob);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([
      `${ann.connection} bob left garden: farewell`,
    ]);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([]);
    expect(registry.subscriptionCount).toBe(2);
  });

  it('T8: discards the will of a peer that leaves by request', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    for (const one of [ann, bob]) registry.join(one, [topic('garden')], []);
    bob.will = new TextEncoder().encode('farewell');
    realm.leave(bob);
    realm.lost(bob);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([`${ann.connection} bob left garden`]);
  });
});

describe('replay', () => {
  const since = (id: string): RequestedTopics => ({ selectors: [topic('garden')], presence: false, since: id });

  /** The payloads that a replay for such a subscriber has now. */
  function replayed(requested: RequestedTopics): string[] {
    const session = guest('ann', new Realm(REALM_IDENTITY, LIMITS));
    return decisionsOf((out) => registry.subscribeRequested(session, requested, out)).flatMap((decision) =>
      decision.do === 'replay' ? textsOf(decision.missed) : [],
    );
  }

  function textsOf(missed: CatchUp): string[] {
    const texts: string[] = [];
    for (let next = missed.next(); next !== undefined; next = missed.next()) texts.push(new TextDecoder().decode(next.payload));
    return texts;
  }

  it('MER5: replays missed publications in order, without private ones that need clearance', () => {
    for (const [name, text] of [
      ['garden', 'one'],
      ['street', 'two'],
      ['garden', 'three'],
    ] as const) {
      published(name, text);
    }
    expect(replayed(since('id of one'))).toEqual(['three']);
    published('garden', 'secret', { isPrivate: true });
    expect(replayed(since('id of three'))).toEqual([]);
    expect(registry.replayFor(since('id of three'))).toMatchObject({ startsAfter: 'id of three' });
  });

  it('MER5: replays publications that match a pattern', () => {
    published('garden', 'one');
    expect(replayed({ selectors: [prefixPattern('gar')], presence: false, since: 'earliest' })).toEqual(['one']);
  });

  it('MER5, T5: has later publications too, and joins the topics behind them, within the limits', () => {
    published('garden', 'one');
    const session = guest('ann', new Realm(REALM_IDENTITY, LIMITS));
    const [decision] = decisionsOf((out) => registry.subscribeRequested(session, since('earliest'), out));
    if (decision?.do !== 'replay') return expect.fail('no replay');
    const { missed } = decision;
    published('street', 'two');
    published('garden', 'secret', { isPrivate: true });
    expect(published('garden', 'three')).toEqual([]);
    expect([missed.bytes > 0, textsOf(missed), missed.bytes]).toEqual([true, ['one', 'three'], 0]);
    missed.end();
    expect(registry.joinWithin(session, [topic('garden')], [])).toBe(true);
    expect(published('garden', 'four')).toEqual([`${session.connection} garden=four`]);
    expect([textsOf(missed), registry.joinWithin(session, ['a', 'b', 'c', 'd'].map(topic), [])]).toEqual([[], false]);
  });

  it('T2, T6: keeps no history in a space without one, and isolates spaces', () => {
    const other = realm.topics({ space: 'other', keepsHistory: false });
    const ann = guest('ann', realm);
    registry.join(ann, [topic('garden')], []);
    expect([other.keepsHistory, other.replayFor({ selectors: [], presence: false, since: 'x' }), registry.keepsHistory]).toEqual([
      false,
      undefined,
      true,
    ]);
    expect(notifications(decisionsOf((out) => other.publish(read('garden'), undefined, out)))).toEqual([]);
  });
});
