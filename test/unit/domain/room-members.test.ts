import { describe, expect, it } from 'vitest';
import { nodeId } from '../../../src/domain/ids.ts';
import { memberTextBytes, type Member } from '../../../src/domain/member.ts';
import { RoomMembers } from '../../../src/domain/room-members.ts';
import { guest } from './topic-fixture.ts';

const [THERE, FAR] = [nodeId('there'), nodeId('far')];
const member = (ref: string, payload?: Uint8Array): Member => ({ ref, key: 'k', client: 'c', user: '', payload });
const refs = (members: Iterable<Member>): string[] => Array.from(members, ({ ref }) => ref);

describe('T19: the members of a room', () => {
  it('are one for each client of this node, and the latest one', () => {
    const [room, ann] = [new RoomMembers({ topic: 'garden', isPrivate: false }), guest('ann')];
    const [first, second] = [member('1'), member('2', new Uint8Array(5))];
    expect(room.setOwn(ann, first)).toEqual({ joins: [first], leaves: [] });
    expect(room.setOwn(ann, second)).toEqual({ joins: [second], leaves: [first] });
    expect([refs(room), room.own(), room.ownOf(ann), room.bytes]).toEqual([['2'], [second], second, memberTextBytes(second)]);
    expect(room.setOwn(ann, undefined)).toEqual({ joins: [], leaves: [second] });
    expect([room.size, room.bytes, room.isUnused]).toEqual([0, 0, true]);
    expect(room.setOwn(ann, undefined)).toEqual({ joins: [], leaves: [] });
  });

  it('T20: are known by the node that they belong to', () => {
    const room = new RoomMembers({ topic: 'garden', isPrivate: false });
    room.setOwn(guest('ann'), member('1'));
    const all = (): boolean => true;
    room.setOthers(THERE, [member('2'), member('3')], [], all);
    expect(refs(room.setOthers(FAR, [member('4'), member('2')], ['3', '1'], all).joins)).toEqual(['4']);
    expect([refs(room), room.nodes(), room.refsOf(THERE), room.refsOf(FAR)]).toEqual([
      ...[['1', '2', '3', '4'], [THERE, FAR], ['2', '3'], ['4']],
    ]);
    expect(refs(room.setOthers(THERE, [], ['2', '3', '4'], all).leaves)).toEqual(['2', '3']);
    expect(refs(room.setOthers(FAR, [member('5'), member('6')], ['4'], ({ ref }) => ref === '6').joins)).toEqual(['6']);
    expect([refs(room), room.nodes()]).toEqual([['1', '6'], [FAR]]);
  });
});
