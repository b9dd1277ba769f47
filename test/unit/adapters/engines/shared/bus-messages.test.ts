import { describe, expect, it } from 'vitest';
import { decodeBusMessage, encodeBusMessage } from '../../../../../src/adapters/engines/shared/bus-messages.ts';
import { connectionId, nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';
import type { TopicName } from '../../../../../src/domain/topic.ts';

const HERE = nodeId('here');
const MAIL = { type: 'mail', realm: realmKey('green'), id: 'ann' as PeerId } as const;

describe('a word between nodes', () => {
  it('says its version and whose it is', () => {
    expect(JSON.parse(encodeBusMessage(HERE, MAIL))).toEqual({ v: 1, from: 'here', say: 'mail', realm: 'green', id: 'ann' });
    expect(decodeBusMessage(encodeBusMessage(HERE, MAIL))).toEqual({ from: HERE, message: MAIL });
  });

  it('keeps its names', () => {
    const superseded = { type: 'superseded', realm: MAIL.realm, id: MAIL.id, connection: connectionId(3, 1) } as const;
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from('{}'), type: 'note', retry: 5 },
      ...{ isPrivate: true, from: MAIL.id },
    };
    const published = { type: 'publication', realm: MAIL.realm, space: 'relay', keepsHistory: true, publication } as const;
    expect([superseded, published].map((word) => JSON.parse(encodeBusMessage(HERE, word)) as unknown)).toEqual([
      { v: 1, from: 'here', say: 'superseded', realm: 'green', id: 'ann', connection: connectionId(3, 1) },
      {
        ...{ v: 1, from: 'here', say: 'publication', realm: 'green', space: 'relay', remembers: true },
        publication: { id: '7', topics: ['garden'], payload: 'e30=', type: 'note', retry: 5, isPrivate: true, from: 'ann' },
      },
    ]);
    expect(decodeBusMessage(encodeBusMessage(HERE, published))).toEqual({ from: HERE, message: published });
  });

  it('names a connection by its number', () => {
    const word = { type: 'superseded', realm: MAIL.realm, id: MAIL.id, connection: connectionId(3, 1) } as const;
    expect(decodeBusMessage(encodeBusMessage(HERE, word))).toEqual({ from: HERE, message: word });
  });

  it('of another version is not understood, and says so', () => {
    expect(decodeBusMessage('{"v":2,"from":"here","say":"mail","realm":"green","id":"ann"}')).toEqual({
      why: 'unknown-version',
      version: 2,
    });
    expect(decodeBusMessage('{"say":"mail"}')).toEqual({ why: 'unknown-version', version: undefined });
  });

  it.each([
    ['', 'no JSON'],
    ['[]', 'no object'],
    ['{"v":1,"say":"mail","realm":"green","id":"ann"}', 'nobody says it'],
    ['{"v":1,"from":"here","say":"mail","id":"ann"}', 'no realm'],
    ['{"v":1,"from":"here","say":"mail","realm":"green","id":7}', 'no id'],
    ['{"v":1,"from":"here","say":"superseded","realm":"green","id":"ann","connection":"3"}', 'no connection'],
    ['{"v":1,"from":"here","say":"publication","realm":"green","space":"s","remembers":true}', 'no publication'],
    [
      '{"v":1,"from":"here","say":"publication","realm":"green","space":"s","remembers":true,"publication":{"id":"a"}}',
      'half of one',
    ],
    ['{"v":1,"from":"here","say":"shout","realm":"green"}', 'an unknown word'],
  ])('%s can not be read: %s', (text) => {
    expect(decodeBusMessage(text)).toEqual({ why: 'unreadable' });
  });
});
