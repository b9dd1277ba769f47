import { expect, it } from 'vitest';
import {
  decodeRoomMessage,
  encodeRoomMessage,
  spaceOfMembers,
  type RoomMessage,
} from '../../../src/application/room-messages.ts';
import { nodeId } from '../../../src/domain/ids.ts';
import type { Member } from '../../../src/domain/member.ts';

const HERE = nodeId('here');
const member = (ref: string, payload?: string): Member => ({
  ...{ ref, key: 'k"', client: 'c', user: '' },
  payload: payload === undefined ? undefined : new TextEncoder().encode(payload),
});

it.each<readonly [isPrivate: boolean, RoomMessage]>([
  [false, { say: 'follow', isFirst: true }],
  [true, { say: 'follow', isFirst: false }],
  [false, { say: 'list', joins: [] }],
  [true, { say: 'list', joins: [member('1', '{"a":1}'), member('2'), member('3', ''), member('4', '[]')] }],
  [false, { say: 'change', joins: [member('1', '1')], leaves: ['2', '3'] }],
])('T20: reads what another node has written (private: %s, %j)', (isPrivate, content) => {
  const rooms = ['garden', 'house'].map((topic) => ({ topic, isPrivate }));
  const { publication, space, type } = encodeRoomMessage(HERE, 'updates', rooms, content);
  expect([type, spaceOfMembers(space), spaceOfMembers('updates')]).toEqual(['publication', 'updates', undefined]);
  expect(decodeRoomMessage(publication)).toEqual({ from: HERE, rooms, content });
});

it.each(['', 'null', '1', '{', '{"say":"dance","joins":[]}', '{"say":"list"}', '{"say":"list","joins":[["1","k","c","",1,2]]}'])(
  'T20: ignores a message in another format: %s',
  (text) => {
    const { publication } = encodeRoomMessage(HERE, 'updates', [{ topic: 'a', isPrivate: false }], { say: 'list', joins: [] });
    expect(decodeRoomMessage({ ...publication, type: text })).toBeUndefined();
  },
);

it.each(['{"say":"list","joins":[["1","k","c",2,1]]}', '{"say":"list","joins":[1]}', '{"say":"change","joins":[],"leaves":1}'])(
  'T20: ignores a message with other values: %s',
  (text) => {
    const { publication } = encodeRoomMessage(HERE, 'updates', [{ topic: 'a', isPrivate: false }], { say: 'list', joins: [] });
    expect(decodeRoomMessage({ ...publication, type: text })).toBeUndefined();
  },
);
