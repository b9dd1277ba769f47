import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Decision } from '../../src/domain/decision.ts';
import { nodeId, type ConnectionId, type NodeId } from '../../src/domain/ids.ts';
import { roomKey, type Member, type Room } from '../../src/domain/member.ts';
import { Presence } from '../../src/domain/presence.ts';
import { Realm } from '../../src/domain/realm.ts';
import type { Session } from '../../src/domain/session.ts';
import { LIMITS, REALM_IDENTITY } from '../unit/domain/session-fixture.ts';
import { guest, SUBSCRIBER_TRAITS, topic } from '../unit/domain/topic-fixture.ts';

const TOPICS = ['a', 'b'];
const ROOMS: readonly Room[] = TOPICS.flatMap((name) => [true, false].map((isPrivate) => ({ topic: name, isPrivate })));
const NODES = ['there', 'far'].map(nodeId);
const MAX_MEMBERS = 4;

const ROOM = fc.constantFrom(...ROOMS);
const CLIENT = fc.nat(4);
const STEP = fc.oneof(
  fc.record({
    act: fc.constantFrom('track' as const, 'untrack' as const, 'watch' as const, 'leave' as const),
    room: ROOM,
    client: CLIENT,
  }),
  fc.record({
    act: fc.constant('listed' as const),
    room: ROOM,
    node: fc.constantFrom(...NODES),
    refs: fc.subarray(['x', 'y', 'z']),
  }),
);

/** The references that each watcher of a room knows, from the list when it began and the changes since then. */
class Views {
  readonly #known = new Map<string, Set<string>>();

  begin(connection: ConnectionId, room: Room, members: Iterable<Member>): void {
    const key = `${connection} ${roomKey(room)}`;
    if (!this.#known.has(key)) this.#known.set(key, new Set(Array.from(members, ({ ref }) => ref)));
  }

  end(connection: ConnectionId, room: Room): void {
    this.#known.delete(`${connection} ${roomKey(room)}`);
  }

  /** @throws an assertion error for a join of a known member, or a leave of an unknown one */
  apply(room: Room, decisions: readonly Decision[]): void {
    for (const decision of decisions) {
      if (decision.do !== 'notify' || decision.event.event !== 'presence') return expect.fail(decision.do);
      const { joins, leaves } = decision.event;
      for (const connection of decision.to) {
        const known = this.#known.get(`${connection} ${roomKey(room)}`);
        for (const { ref } of leaves) expect(known?.delete(ref)).toBe(true);
        for (const { ref } of joins) expect(known?.has(ref)).toBe(false);
        for (const { ref } of joins) known?.add(ref);
      }
    }
  }

  of(connection: ConnectionId, room: Room): string[] | undefined {
    const known = this.#known.get(`${connection} ${roomKey(room)}`);
    return known && [...known].sort();
  }
}

it('T19, T20: every watcher knows the members of its rooms, from one list and the changes since then', () => {
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 60 }), (steps) => {
      const realm = new Realm(REALM_IDENTITY, { ...LIMITS, concurrentLimit: 10, topicJoins: 100 });
      const presence = new Presence({ ...LIMITS, presenceMembers: MAX_MEMBERS });
      const clients = Array.from({ length: 5 }, (_, at) => guest(`c${at}`, realm));
      for (const one of clients) realm.topics(SUBSCRIBER_TRAITS).join(one, TOPICS.map(topic), []);
      const views = new Views();
      for (const [at, step] of steps.entries()) {
        const out: Decision[] = [];
        if (step.act === 'listed') presence.listedElsewhere(step.node, step.room, remote(step.node, step.refs), out);
        else act(presence, views, clients[step.client] as Session, step, String(at), out);
        views.apply(step.room, out);
        for (const room of ROOMS) {
          const refs = Array.from(presence.list(room), ({ ref }) => ref).sort();
          expect(refs.length).toBeLessThanOrEqual(MAX_MEMBERS);
          for (const { connection } of clients) expect(views.of(connection, room) ?? refs).toEqual(refs);
        }
      }
      for (const one of clients) for (const room of presence.roomsOf(one)) presence.leave(one, room, []);
      for (const room of ROOMS) for (const node of NODES) presence.listedElsewhere(node, room, [], []);
      expect(presence.roomCount).toBe(0);
    }),
    { numRuns: 500 },
  );
});

type OwnStep = { readonly act: 'track' | 'untrack' | 'watch' | 'leave'; readonly room: Room };

function act(presence: Presence, views: Views, client: Session, step: OwnStep, ref: string, out: Decision[]): void {
  const { room } = step;
  const member = { ref, key: 'k', client: 'c', user: '', payload: undefined };
  if (step.act === 'track' && presence.refusalFor(client, room, member) === undefined) presence.track(client, room, member, out);
  if (step.act === 'untrack') presence.untrack(client, room, out);
  if (step.act === 'watch') {
    presence.watch(client, room);
    views.begin(client.connection, room, presence.list(room));
  }
  if (step.act === 'leave') {
    views.end(client.connection, room);
    presence.leave(client, room, out);
  }
}

function remote(node: NodeId, refs: readonly string[]): Member[] {
  return refs.map((ref) => ({ ref: `${node} ${ref}`, key: 'k', client: 'c', user: '', payload: undefined }));
}
