import { describe, expect, it } from 'vitest';
import type { Decision } from '../../../src/domain/decision.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import type { Member, Room } from '../../../src/domain/member.ts';
import { MemoryBudget } from '../../../src/domain/memory-budget.ts';
import { Presence } from '../../../src/domain/presence.ts';
import { Realm } from '../../../src/domain/realm.ts';
import type { Session } from '../../../src/domain/session.ts';
import { LIMITS, REALM_IDENTITY, session } from './session-fixture.ts';
import { guest, SUBSCRIBER_TRAITS, topic } from './topic-fixture.ts';

const GARDEN: Room = { topic: 'garden', isPrivate: false };
const SECRET: Room = { topic: 'garden', isPrivate: true };
const THERE = nodeId('there');
const realm = new Realm(REALM_IDENTITY, { ...LIMITS, concurrentLimit: 1_000, topicJoins: 1_000 });

const member = (ref: string, more: Partial<Member> = {}): Member => ({
  ...{ ref, key: 'k', client: 'c', user: '', payload: undefined },
  ...more,
});
const draft = (bytes = 0, key = 'k'): Pick<Member, 'key' | 'payload'> => ({ key, payload: new Uint8Array(bytes) });

/** A client that is subscribed to the topic. */
function subscriber(id: string): Session {
  const one = guest(id, realm);
  realm.topics(SUBSCRIBER_TRAITS).join(one, [topic('garden')], []);
  return one;
}

/** Receivers and references of each decision. */
function told(act: (out: Decision[]) => void): unknown[] {
  const out: Decision[] = [];
  act(out);
  return out.map((decision) => {
    if (decision.do !== 'notify' || decision.event.event !== 'presence') return decision.do;
    const { joins, leaves } = decision.event;
    return [decision.to, joins.map(({ ref }) => ref), leaves.map(({ ref }) => ref)];
  });
}

describe('T19: presence', () => {
  it('notifies the watchers of a room of joins, changes and leaves, once each', () => {
    const presence = new Presence(LIMITS);
    const [ann, bob] = [subscriber('ann'), subscriber('bob')];
    presence.watch(ann, GARDEN);
    presence.watch(bob, SECRET);
    expect(told((out) => presence.track(bob, GARDEN, member('1'), out))).toEqual([[[ann.connection], ['1'], []]]);
    expect(told((out) => presence.track(bob, GARDEN, member('2'), out))).toEqual([[[ann.connection], ['2'], ['1']]]);
    expect([presence.isMember(bob, GARDEN), presence.isMember(bob, SECRET), presence.watcherCount(GARDEN)]).toEqual([
      ...[true, false, 1],
    ]);
    expect(told((out) => presence.untrack(bob, GARDEN, out))).toEqual([[[ann.connection], [], ['2']]]);
    expect(told((out) => presence.untrack(bob, GARDEN, out))).toEqual([]);
    expect(told((out) => presence.leave(bob, { topic: 'other', isPrivate: false }, out))).toEqual([]);
  });

  it('forgets a client that has left, and a room without clients', () => {
    const presence = new Presence(LIMITS);
    const [ann, bob] = [subscriber('ann'), subscriber('bob')];
    for (const one of [ann, bob]) presence.watch(one, GARDEN);
    presence.track(ann, GARDEN, member('1'), []);
    presence.track(ann, SECRET, member('2'), []);
    expect(presence.roomsOf(ann)).toEqual([GARDEN, SECRET]);
    expect(told((out) => presence.leave(ann, GARDEN, out))).toEqual([[[bob.connection], [], ['1']]]);
    presence.leave(ann, SECRET, []);
    expect([presence.roomsOf(ann), presence.roomCount, [...presence.list(SECRET)]]).toEqual([[], 1, []]);
    presence.leave(bob, GARDEN, []);
    expect([presence.roomCount, presence.own(GARDEN), presence.watcherCount(GARDEN)]).toEqual([0, [], 0]);
  });

  it('notifies only watchers that are open', () => {
    const presence = new Presence(LIMITS);
    const [ann, bob] = [subscriber('ann'), subscriber('bob')];
    presence.watch(ann, GARDEN);
    realm.leave(ann);
    expect(told((out) => presence.track(bob, GARDEN, member('1'), out))).toEqual([]);
  });

  it('refuses a client that is not subscribed, a large member, and one too many', () => {
    const presence = new Presence(LIMITS);
    expect(presence.refusalFor(guest('eve', realm), GARDEN, draft())).toBe('topic-unusable');
    const [ann, bob, joe, eve] = ['ann', 'bob', 'joe', 'eve'].map(subscriber) as [Session, Session, Session, Session];
    expect([39, 40].map((bytes) => presence.refusalFor(ann, GARDEN, draft(bytes)))).toEqual([undefined, 'payload-too-large']);
    for (const [at, one] of [ann, bob, joe].entries()) presence.track(one, GARDEN, member(String(at)), []);
    expect([ann, eve].map((one) => presence.refusalFor(one, GARDEN, draft()))).toEqual([undefined, 'too-many-topics']);
    expect(presence.refusalFor(eve, SECRET, draft())).toBeUndefined();
  });

  it('refuses members of a room that together are more than a quarter of the send buffer', () => {
    const presence = new Presence({ presenceMembers: 100, presenceBytes: 1_000, sendBufferBytes: 4_000 });
    const [ann, bob] = [subscriber('ann'), subscriber('bob')];
    presence.track(ann, GARDEN, member('1', { payload: new Uint8Array(500) }), []);
    expect([300, 400].map((bytes) => presence.refusalFor(bob, GARDEN, draft(bytes)))).toEqual([undefined, 'too-many-topics']);
    expect(presence.refusalFor(ann, GARDEN, draft(800))).toBeUndefined();
  });

  it('B1, B3: counts against the memory of the client', () => {
    const presence = new Presence(LIMITS);
    const memory = new MemoryBudget({ memoryBudget: 100_000, memoryPerAddress: 2_500 }).open('192.0.2.1');
    const ann = session('ann', realm, 0, { traits: SUBSCRIBER_TRAITS, memory });
    realm.topics(SUBSCRIBER_TRAITS).join(ann, [topic('garden')], []);
    const before = memory.bytes;
    presence.watch(ann, GARDEN);
    presence.watch(ann, GARDEN);
    const watching = memory.bytes - before;
    presence.track(ann, GARDEN, member('1', { payload: new Uint8Array(30) }), []);
    expect([watching, memory.bytes - before - watching]).toEqual([416 + 216, 456 + 33]);
    expect(presence.refusalFor(ann, SECRET, draft())).toBe('too-many-topics');
    presence.leave(ann, GARDEN, []);
    expect(memory.bytes).toBe(before);
  });

  it('T20: has members of other nodes, as they report them', () => {
    const presence = new Presence(LIMITS);
    const ann = subscriber('ann');
    presence.watch(ann, GARDEN);
    presence.track(ann, GARDEN, member('own'), []);
    const change = (joins: string[], leaves: string[]) => (out: Decision[]) =>
      presence.changedElsewhere(THERE, GARDEN, { joins: joins.map((ref) => member(ref)), leaves }, out);
    expect(told(change(['1'], []))).toEqual([[[ann.connection], ['1'], []]]);
    expect(told(change(['1'], ['other', 'own']))).toEqual([]);
    const listed = ['2', '3', '4'].map((ref) => member(ref));
    expect(told((out) => presence.listedElsewhere(THERE, GARDEN, listed, out))).toEqual([[[ann.connection], ['2', '3'], ['1']]]);
    expect([presence.list(GARDEN).size, presence.othersIn(GARDEN), presence.own(GARDEN).length]).toEqual([3, [THERE], 1]);
    expect(told((out) => presence.listedElsewhere(THERE, GARDEN, [], out))).toEqual([[[ann.connection], [], ['2', '3']]]);
    expect(presence.othersIn(GARDEN)).toEqual([]);
  });

  it('T20: shows at most 16 MiB of members of other nodes', () => {
    const presence = new Presence({ presenceMembers: 5_000, presenceBytes: 16_384, sendBufferBytes: 1e9 });
    const large = Array.from({ length: 1_100 }, (_, at) => member(String(at), { payload: new Uint8Array(16_000) }));
    presence.listedElsewhere(THERE, GARDEN, large, []);
    expect(presence.list(GARDEN).size).toBe(1_019);
    presence.listedElsewhere(THERE, GARDEN, [], []);
    presence.listedElsewhere(THERE, SECRET, large, []);
    expect(presence.list(SECRET).size).toBe(1_019);
  });
});
