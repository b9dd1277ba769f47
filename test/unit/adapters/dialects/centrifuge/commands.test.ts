import { describe, expect, it } from 'vitest';
import { CommandReader, type Command } from '../../../../../src/adapters/dialects/centrifuge/commands.ts';

const reader = new CommandReader();

function read(text: string): Command {
  return reader.read(Buffer.from(text));
}

describe('commands of Centrifuge', () => {
  it('CF3: connect has an optional token', () => {
    expect(read('{"connect":{"name":"js"},"id":1}')).toEqual({ name: 'connect', id: 1, token: undefined });
    expect(read('{"id":4294967295,"connect":{"token":"a.b"}}')).toEqual({ name: 'connect', id: 4_294_967_295, token: 'a.b' });
    expect(['null', '""'].map((token) => read(`{"id":1,"connect":{"token":${token}}}`))).toEqual([
      { name: 'connect', id: 1, token: undefined },
      { name: 'connect', id: 1, token: undefined },
    ]);
  });

  it('CF6, CF9: subscribe may ask for recovery', () => {
    const plain = { name: 'subscribe', id: 2, channel: 'a', recovers: false, type: 0, joinLeave: false, data: undefined };
    expect(read('{"id":2,"subscribe":{"channel":"a","flag":1}}')).toEqual(plain);
    expect(read('{"id":2,"subscribe":{"channel":"a","recover":false,"type":0}}')).toEqual(plain);
    expect(read('{"id":2,"subscribe":{"recover":true,"offset":3,"channel":"a","type":1}}')).toEqual({
      ...plain,
      recovers: true,
      type: 1,
    });
  });

  it('CF7: unsubscribe has a channel', () =>
    expect(read('{"id":3,"unsubscribe":{"channel":"\\u0061/b"}}')).toEqual({ name: 'unsubscribe', id: 3, channel: 'a/b' }));

  it.each(['[1,2]', '{"a" : 1.50}', '"text"', 'null', ' 7 '])('CF8: publish has data %s as it was written', (data) => {
    const command = read(`{"id":9,"publish":{"channel":"a","data":${data}}}`);
    if (command.name !== 'publish') return expect.fail(`decoded as ${command.name}`);
    expect(Buffer.from(command.data).toString()).toBe(data.trim());
  });

  it('CF10: subscribe may ask for joins and leaves, and have data', () => {
    const command = read('{"id":2,"subscribe":{"channel":"a","join_leave":true,"data":{"a": 1}}}');
    if (command.name !== 'subscribe') return expect.fail(`decoded as ${command.name}`);
    expect([command.joinLeave, Buffer.from(command.data ?? []).toString()]).toEqual([true, '{"a": 1}']);
    expect(read('{"id":2,"subscribe":{"channel":"a","data":null}}')).toHaveProperty('data', undefined);
  });

  it.each(['presence', 'presence_stats'])('CF10: %s has a channel', (name) => {
    expect(read(`{"id":5,"${name}":{"channel":"a"}}`)).toEqual({ name, id: 5, channel: 'a' });
    expect(read(`{"id":5,"${name}":{}}`)).toEqual({ name: 'malformed' });
  });

  it.each(['history', 'rpc', 'sub_refresh'])('CF10: %s is not served', (name) =>
    expect(read(`{"id":5,"${name}":{"channel":"a"}}`)).toEqual({ name: 'unserved', id: 5 }),
  );

  it('CF10: another name is unknown', () => expect(read('{"id":5,"dance":{}}')).toEqual({ name: 'unknown', id: 5 }));

  it('CF11: refresh has a token', () =>
    expect(read('{"refresh":{"token":"t"},"id":6}')).toEqual({ name: 'refresh', id: 6, token: 't' }));

  it('CF2: only an answer to a ping and send have no id', () =>
    expect(['{}', ' { } ', '{"send":{"data":1}}', '{"id":1,"send":{}}'].map((text) => read(text).name)).toEqual([
      ...['pong', 'pong', 'send', 'send'],
    ]));

  it.each([
    ...['', ' ', '[]', 'null', '{', '{}{}', '{"id":1}', '{"connect":{}}', '{"x":1}', '{"publish":{"channel":"a","data":1}}'],
    ...['0', '-1', '1.5', '1e3', '"1"', 'null', '4294967296', '99999999999'].map((id) => `{"id":${id},"connect":{}}`),
    ...['1', 'null', '"a"', '[]'].map((parameters) => `{"id":1,"connect":${parameters}}`),
    ...['1', '{}', 'true'].map((token) => `{"id":1,"connect":{"token":${token}}}`),
    ...['{}', '{"channel":""}', '{"channel":1}'].map((parameters) => `{"id":1,"subscribe":${parameters}}`),
    ...['{"id":1,"publish":{"channel":"a"}}', '{"id":1,"publish":{"data":1}}', '{"id":1,"publish":{"channel":"a","data":}}'],
    ...[
      '{"id":1,"subscribe":{"channel":"a"},"publish":{"channel":"a","data":1}}',
      '{"id":1,"subscribe":{"channel":"a","type":-1}}',
    ],
  ])('CF2: %s is malformed', (text) => expect(read(text)).toEqual({ name: 'malformed' }));
});
