import { beforeEach, describe, expect, it } from 'vitest';
import type { TopicRegistry } from '../../../src/domain/topic-registry.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Session } from '../../../src/domain/session.ts';
import type { Publication } from '../../../src/domain/topic.ts';
import { LIMITS, REALM_IDENTITY } from './session-fixture.ts';
import { prefixPattern, decisionsOf, draft, guest, SUBSCRIBER_TRAITS, notifications, topic } from './topic-fixture.ts';

let realm: Realm;
let board: TopicRegistry;
beforeEach(() => {
  realm = new Realm(REALM_IDENTITY, LIMITS);
  board = realm.topics(SUBSCRIBER_TRAITS);
});

function read(topics: string | readonly string[], text = '', more = {}): Publication {
  const publication = board.parsePublication(draft(topics, text, more), `id of ${text}`, undefined);
  if (typeof publication === 'string') throw new Error(publication);
  return publication;
}

const published = (...given: Parameters<typeof read>): string[] =>
  notifications(decisionsOf((out) => board.publish(read(...given), undefined, out)));

describe('publishing', () => {
  it('T3: reaches who listens, once, however many of its topics fit', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    board.join(ann, [topic('garden'), topic('house'), prefixPattern('g')], []);
    board.join(bob, [topic('house')], []);
    expect(published(['garden', 'house'], 'rain')).toEqual([ann, bob].map(({ connection }) => `${connection} garden+house=rain`));
    expect(published('grass', 'grows')).toEqual([`${ann.connection} grass=grows`]);
    expect(published('street', 'noise')).toEqual([]);
  });

  it('T4: does not reach its publisher where that is not wanted', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    for (const one of [ann, bob]) board.join(one, [topic('garden')], []);
    expect(notifications(decisionsOf((out) => board.publish(read('garden', 'rain'), ann, out)))).toEqual([
      `${bob.connection} garden=rain`,
    ]);
  });

  it('REL2: tells how many listen', () => {
    const [ann, bob] = [guest('ann', realm), guest('bob', realm)];
    for (const one of [ann, bob]) board.join(one, [topic('garden')], []);
    expect(decisionsOf((out) => board.publish(read('garden'), ann, out))).toMatchObject([{ event: { subscribers: 2 } }]);
  });

  it('MER7: what is private reaches only who is cleared for one of its topics', () => {
    const cleared = guest('ann', realm, { clearance: [topic('house')] });
    const other = guest('bob', realm);
    for (const one of [cleared, other]) board.join(one, [topic('garden')], []);
    expect(published(['garden', 'house'], 'key', { isPrivate: true })).toEqual([`${cleared.connection} garden+house=key`]);
    expect(published('garden', 'key', { isPrivate: true })).toEqual([]);
  });

  it('T1, T5: without a topic, with one that is none, or with too many it is not read', () => {
    const refusals = [[], [''], ['x'.repeat(11)], ['a', 'b', 'c', 'd']].map((topics) =>
      board.parsePublication(draft(topics), 'id', undefined),
    );
    expect(refusals).toEqual(['topic-unusable', 'topic-unusable', 'topic-unusable', 'too-many-topics']);
  });

  it('PEO3: on no topic by a connection is on all that it listens to', () => {
    const ann = guest('ann', realm);
    board.join(ann, [topic('garden'), topic('house')], []);
    expect(board.parsePublication(draft([]), 'id', ann)).toMatchObject({ topics: ['garden', 'house'], from: 'ann' });
  });

  it('who is on its way out hears nothing', () => {
    const ann = guest('ann', realm);
    board.join(ann, [topic('garden')], []);
    realm.leave(ann);
    expect(published('garden')).toEqual([]);
  });
});

describe('joining', () => {
  it('T3: joining again changes nothing, parting ends it, parting again changes nothing', () => {
    const ann = guest('ann', realm);
    const selectors = [topic('garden'), prefixPattern('h')];
    board.join(ann, selectors, []);
    board.join(ann, selectors, []);
    expect([board.subscriptionCount, published('garden', 'x').length]).toEqual([2, 1]);
    board.leave(ann, selectors, []);
    board.leave(ann, selectors, []);
    expect([board.subscriptionCount, published('garden'), published('house')]).toEqual([0, [], []]);
  });

  it('T5: has a bound for each connection; what is joined already does not count again', () => {
    const ann = guest('ann', realm);
    expect(board.refusalFor([topic('a'), topic('b'), topic('c'), topic('d')], ann)).toBe('too-many-topics');
    board.join(ann, [topic('a'), topic('b'), prefixPattern('c')], []);
    expect(board.refusalFor([topic('a'), prefixPattern('c')], ann)).toBeUndefined();
    expect(board.refusalFor([topic('e')], ann)).toBe('too-many-topics');
  });

  it('T5: has a bound for all connections together, and one for patterns', () => {
    const [ann, bob, eve] = [guest('ann', realm), guest('bob', realm), guest('eve', realm)];
    for (const one of [ann, bob]) board.join(one, [topic('a'), topic('b'), prefixPattern(one.id)], []);
    expect(board.refusalFor([topic('a'), topic('b')], eve)).toBeUndefined();
    expect(board.refusalFor([topic('a'), topic('b'), topic('c')], eve)).toBe('too-many-topics');
    expect(board.refusalFor([prefixPattern('x')], eve)).toBe('too-many-topics');
  });

  it('T1: all or none', () => {
    expect([
      board.refusalFor([topic('a'), topic('')]),
      board.refusalFor([prefixPattern('x'.repeat(10))]),
      board.refusalFor([]),
    ]).toEqual(['topic-unusable', 'topic-unusable', undefined]);
  });
});

describe('presence', () => {
  it('T7: who joins is told who is there, and they of it; who wants no presence is neither told nor seen', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    const shy = guest('shy', realm);
    board.join(shy, [topic('garden')], []);
    expect(notifications(decisionsOf((out) => board.join(ann, [topic('garden')], out)))).toEqual([
      `${ann.connection} in garden: `,
    ]);
    expect(notifications(decisionsOf((out) => board.join(bob, [topic('garden')], out)))).toEqual([
      `${bob.connection} in garden: ann`,
      `${ann.connection} bob joined garden`,
    ]);
    expect(notifications(decisionsOf((out) => board.leave(bob, [topic('garden')], out)))).toEqual([
      `${ann.connection} bob left garden`,
    ]);
  });

  it('T5: a topic with presence takes its last connection, and not one more; others are not counted', () => {
    const here = ['a', 'b', 'c'].map((id) => guest(id, realm, { presence: true }));
    for (const one of here) {
      expect(board.refusalFor([topic('garden')], one)).toBeUndefined();
      board.join(one, [topic('garden')], []);
    }
    const [late, shy] = [guest('d', realm, { presence: true }), guest('e', realm)];
    expect([late, shy].map((one) => board.refusalFor([topic('garden')], one))).toEqual(['too-many-topics', undefined]);
    board.leave(here[0] as Session, [topic('garden')], []);
    expect(board.refusalFor([topic('garden')], late)).toBeUndefined();
  });

  it('T7, T8: whose connection ends has left all its topics, and its will is told', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    for (const one of [ann, bob]) board.join(one, [topic('garden'), prefixPattern('x')], []);
    bob.will = new TextEncoder().encode('farewell');
    realm.lost(bob);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([
      `${ann.connection} bob left garden: farewell`,
    ]);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([]);
    expect(board.subscriptionCount).toBe(2);
  });

  it('T8: who says goodbye has no will any more', () => {
    const [ann, bob] = [guest('ann', realm, { presence: true }), guest('bob', realm, { presence: true })];
    for (const one of [ann, bob]) board.join(one, [topic('garden')], []);
    bob.will = new TextEncoder().encode('farewell');
    realm.leave(bob);
    realm.lost(bob);
    expect(notifications(decisionsOf((out) => realm.leaveTopics(bob, out)))).toEqual([`${ann.connection} bob left garden`]);
  });
});

describe('coming back', () => {
  it('MER5: hears what it missed of its topics, in order, and nothing private that it is not cleared for', () => {
    for (const [name, text] of [
      ['garden', 'one'],
      ['house', 'two'],
      ['garden', 'three'],
    ] as const) {
      published(name, text);
    }
    const since = (id: string) => ({ selectors: [topic('garden')], presence: false, since: id });
    const ann = guest('ann', new Realm(REALM_IDENTITY, LIMITS), since('id of one'));
    expect(notifications(decisionsOf((out) => board.replay(ann, out)))).toEqual([`${ann.connection} garden=three`]);
    published('garden', 'secret', { isPrivate: true });
    const bob = guest('bob', new Realm(REALM_IDENTITY, LIMITS), since('id of three'));
    expect(notifications(decisionsOf((out) => board.replay(bob, out)))).toEqual([]);
    expect(board.replayFor(since('id of three'))).toMatchObject({ startsAfter: 'id of three' });
  });

  it('MER5: hears by its patterns too', () => {
    published('garden', 'one');
    const ann = guest('ann', new Realm(REALM_IDENTITY, LIMITS), { selectors: [prefixPattern('gar')], since: 'earliest' });
    expect(notifications(decisionsOf((out) => board.replay(ann, out)))).toEqual([`${ann.connection} garden=one`]);
  });

  it('T2, T6: a space that does not remember keeps nothing, and spaces do not hear each other', () => {
    const other = realm.topics({ space: 'other', keepsHistory: false });
    const ann = guest('ann', realm);
    board.join(ann, [topic('garden')], []);
    expect([other.keepsHistory, other.replayFor({ selectors: [], presence: false, since: 'x' }), board.keepsHistory]).toEqual([
      false,
      undefined,
      true,
    ]);
    expect(notifications(decisionsOf((out) => other.publish(read('garden'), undefined, out)))).toEqual([]);
  });
});
