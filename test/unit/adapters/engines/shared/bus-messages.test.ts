import { describe, expect, it } from 'vitest';
import { decodeBusMessage, encodeBusMessage } from '../../../../../src/adapters/engines/shared/bus-messages.ts';
import { connectionId, nodeId, realmKey, type PeerId } from '../../../../../src/domain/ids.ts';
import { NEVER } from '../../../../../src/domain/time.ts';
import type { TopicName } from '../../../../../src/domain/topic.ts';

const HERE = nodeId('here');
const MAIL = { type: 'mail', realm: realmKey('green'), id: 'ann' as PeerId } as const;

describe('a bus message', () => {
  it('contains its version and its sender', () => {
    expect(JSON.parse(encodeBusMessage(HERE, MAIL))).toEqual({ v: 1, from: 'here', say: 'mail', realm: 'green', id: 'ann' });
    expect(decodeBusMessage(encodeBusMessage(HERE, MAIL))).toEqual({ from: HERE, message: MAIL });
  });

  it('has the field names of the wire format', () => {
    const superseded = { type: 'superseded', realm: MAIL.realm, id: MAIL.id, connection: connectionId(3, 1) } as const;
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from('{}'), type: 'note', retry: 5 },
      ...{ isPrivate: true, from: MAIL.id },
    };
    const published = { type: 'publication', realm: MAIL.realm, space: 'relay', keepsHistory: true, publication } as const;
    expect([superseded, published].map((message) => JSON.parse(encodeBusMessage(HERE, message)) as unknown)).toEqual([
      { v: 1, from: 'here', say: 'superseded', realm: 'green', id: 'ann', connection: connectionId(3, 1) },
      {
        ...{ v: 1, from: 'here', say: 'publication', realm: 'green', space: 'relay', remembers: true },
        publication: { id: '7', topics: ['garden'], payload: 'e30=', type: 'note', retry: 5, isPrivate: true, from: 'ann' },
      },
    ]);
    expect(decodeBusMessage(encodeBusMessage(HERE, published))).toEqual({ from: HERE, message: published });
  });

  it('T12: contains the form of a publication, if it has one', () => {
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from([0, 255]), form: 'bytes' as const, type: undefined },
      ...{ retry: undefined, isPrivate: false, from: undefined },
    };
    const message = { type: 'publication', realm: MAIL.realm, space: 'updates', keepsHistory: true, publication } as const;
    const text = encodeBusMessage(HERE, message);
    expect(decodeBusMessage(text)).toEqual({ from: HERE, message });
    expect(decodeBusMessage(text.replace('"bytes"', '"pictures"'))).toEqual({ why: 'unreadable' });
  });

  it('T15: contains the groups that have received a publication, and ignores what is not a name', () => {
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from('x'), type: undefined, retry: undefined },
      ...{ isPrivate: false, from: undefined },
    };
    const fields = { type: 'publication', realm: MAIL.realm, space: 'updates', keepsHistory: true, publication } as const;
    const message = { ...fields, servedGroups: ['q', 'r'] };
    const text = encodeBusMessage(HERE, message);
    expect(text).toContain('"served":["q","r"]');
    expect(decodeBusMessage(text)).toEqual({ from: HERE, message });
    expect(decodeBusMessage(text.replace('"q"', '7'))).toEqual({ from: HERE, message: { ...fields, servedGroups: ['r'] } });
    expect(decodeBusMessage(text.replace('["q","r"]', '"q"'))).toEqual({ from: HERE, message: fields });
  });

  it('T13: contains the extra of a publication, and is delivered without an unreadable one', () => {
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from([0, 255]), type: undefined, retry: undefined },
      ...{ isPrivate: false, from: undefined, extra: { dialect: 'nats', bytes: Buffer.from([13, 10]) } },
    };
    const message = { type: 'publication', realm: MAIL.realm, space: 'updates', keepsHistory: true, publication } as const;
    const text = encodeBusMessage(HERE, message);
    expect(text).toContain('"extra":{"dialect":"nats","bytes":"DQo="}');
    expect(decodeBusMessage(text)).toEqual({ from: HERE, message });
    for (const wrong of ['"extra":7', '"extra":{"dialect":1,"bytes":""}', '"extra":{"dialect":"nats"}']) {
      const without = { ...message, publication: { ...publication, extra: undefined } };
      const received = decodeBusMessage(text.replace(/"extra":\{[^}]*\}/, wrong));
      expect(received).toEqual({ from: HERE, message: without });
    }
  });

  it.each([
    [1_000, '"retain":{"lifetime":1000}'],
    [NEVER, '"retain":{}'],
  ])('T17: contains how long a publication is retained: %d', (lifetime, written) => {
    const publication = {
      ...{ id: '7', topics: ['garden' as TopicName], payload: Buffer.from('x'), type: undefined, retry: undefined },
      ...{ isPrivate: false, from: undefined, retain: { lifetime } },
    };
    const message = { type: 'publication', realm: MAIL.realm, space: 'updates', keepsHistory: true, publication } as const;
    const text = encodeBusMessage(HERE, message);
    expect(text).toContain(written);
    expect(decodeBusMessage(text)).toEqual({ from: HERE, message });
  });

  it('contains a connection as a number', () => {
    const message = { type: 'superseded', realm: MAIL.realm, id: MAIL.id, connection: connectionId(3, 1) } as const;
    expect(decodeBusMessage(encodeBusMessage(HERE, message))).toEqual({ from: HERE, message });
  });

  it('of another version is rejected with that version', () => {
    expect(decodeBusMessage('{"v":2,"from":"here","say":"mail","realm":"green","id":"ann"}')).toEqual({
      why: 'unknown-version',
      version: 2,
    });
    expect(decodeBusMessage('{"say":"mail"}')).toEqual({ why: 'unknown-version', version: undefined });
  });

  it.each([
    ['', 'no JSON'],
    ['[]', 'no object'],
    ['{"v":1,"say":"mail","realm":"green","id":"ann"}', 'no sender'],
    ['{"v":1,"from":"here","say":"mail","id":"ann"}', 'no realm'],
    ['{"v":1,"from":"here","say":"mail","realm":"green","id":7}', 'no id'],
    ['{"v":1,"from":"here","say":"superseded","realm":"green","id":"ann","connection":"3"}', 'no connection'],
    ['{"v":1,"from":"here","say":"publication","realm":"green","space":"s","remembers":true}', 'no publication'],
    [
      '{"v":1,"from":"here","say":"publication","realm":"green","space":"s","remembers":true,"publication":{"id":"a"}}',
      'incomplete publication',
    ],
    ['{"v":1,"from":"here","say":"shout","realm":"green"}', 'unknown type'],
  ])('%s is unreadable: %s', (text) => {
    expect(decodeBusMessage(text)).toEqual({ why: 'unreadable' });
  });
});
