import { describe, expect, it } from 'vitest';
import type { Socket } from '../../../../../src/application/ports/socket.ts';
import { NEVER } from '../../../../../src/domain/time.ts';
import { SocketIoFixture } from '../../../../support/socketio-fixture.ts';

describe('a session', () => {
  it('SIO7: opens a connection of the gateway when it connects to the main namespace, and ends with its WebSocket', () => {
    const stage = new SocketIoFixture();
    const client = stage.webSocket('EIO=4&transport=websocket&key=red');
    expect([stage.gateway.connections.length, stage.admissions]).toEqual([0, 1]);
    expect(JSON.parse(client.received[0]?.slice(1) ?? '')).toMatchObject({
      upgrades: [],
      pingInterval: 25_000,
      maxPayload: 10_000,
    });
    client.send('40');
    expect(stage.gateway.connections.length).toBe(1);
    client.send('421["subscribe","garden"]');
    expect(stage.lines).toEqual(['["subscribe","garden",1]']);
    client.close();
    expect([stage.gateway.connections[0]?.closedCount, stage.admissions, stage.gateway.reentrantCalls]).toEqual([1, 0, []]);
  });

  it('B4, SIO9: announces the message limit of its connection', () => {
    const stage = new SocketIoFixture();
    const query = 'EIO=4&transport=websocket';
    const request = { method: 'GET', path: '/socket.io/', query, remoteAddress: '192.0.2.1', header: () => undefined };
    const admission = stage.innerGateway.upgrade(request);
    const sent: string[] = [];
    const write: Socket['write'] = (text) => (sent.push(Buffer.from(text).toString()), 'sent');
    const rest = { close: () => undefined, terminate: () => undefined, ping: () => undefined, pause: () => undefined };
    if (admission.accept) {
      stage.innerGateway.opened({ ...rest, resume: () => undefined, write, maxFrameBytes: 500 }, admission);
    }
    expect(JSON.parse(sent[0]?.slice(1) ?? '')).toMatchObject({ maxPayload: 500 });
  });

  it('M22: reports the size of a packet with the line that is made from it', () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    client.send(`3${'\u4e00'.repeat(100)}`);
    client.send('42["subscribe","a"]');
    expect(stage.gateway.connections[0]?.frames.map(({ size }) => size)).toEqual([301, '["subscribe","a",null]'.length]);
  });

  it('SIO7: is closed without CONNECT, and is no longer counted', async () => {
    const stage = new SocketIoFixture();
    const client = stage.webSocket();
    await stage.advance(9_999);
    expect([client.state, stage.admissions]).toEqual(['open', 1]);
    await stage.advance(1);
    expect([client.closed?.code, stage.admissions, stage.gateway.connections.length]).toEqual([1008, 0, 0]);
  });

  it('M19, SIO7: is closed after too many packets before CONNECT', async () => {
    const stage = new SocketIoFixture();
    const client = stage.webSocket();
    for (let count = 0; count < 100; count++) client.send('3');
    await stage.advance();
    expect([client.closed?.code, stage.admissions]).toEqual([1008, 0]);
  });

  it('SIO7: has one namespace; a request for another receives an error, and costs a message', () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    const before = client.received.length;
    for (let count = 0; count < 50; count++) client.send(`40/other${count},{}`);
    expect(client.received.slice(before)).toEqual(
      Array.from({ length: 50 }, (_, count) => `44/other${count},{"message":"Invalid namespace"}`),
    );
    expect([stage.gateway.connections.length, stage.admissions]).toEqual([1, 1]);
    expect(stage.lines).toEqual(Array.from({ length: 50 }, () => '["stay"]'));
  });

  it.each(['3', '6', '430[]', '44{"message":"x"}', '40', '42/other,["subscribe","a"]'])(
    'M19: %s contains no request, and counts like a message',
    (packet) => {
      const stage = new SocketIoFixture();
      stage.connect().send(packet);
      expect(stage.lines).toEqual(['["stay"]']);
    },
  );

  it.each(['', '2', '2probe', '7', '0', '4', '49', '45["publish"]', '42["publish","a",[256]]'])(
    'SIO4: %s is malformed',
    (packet) => {
      const stage = new SocketIoFixture();
      stage.connect().send(packet);
      expect(stage.lines).toEqual(['null']);
    },
  );

  it('M19, SIO3: attachments count as a message each, and make one event', () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    client.send('452-5["publish","a",{"_placeholder":true,"num":1}]');
    client.send(Uint8Array.of(9));
    client.send(Uint8Array.of(1, 2, 3));
    expect(stage.lines).toEqual(['["stay"]', '["stay"]', '["publish","a","AQID",5]']);
  });

  it('SIO4: an attachment without a packet, and a text in place of one, are malformed', () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    client.send(Uint8Array.of(9));
    client.send('451-["publish","a",{"_placeholder":true,"num":0}]');
    client.send('42["subscribe","a"]');
    client.send(Uint8Array.of(9));
    expect(stage.lines).toEqual(['null', '["stay"]', 'null', '["subscribe","a",null]', 'null']);
  });

  it('M18: an event with its attachments is limited to the size of a message', async () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    client.send('452-["publish","a",{"_placeholder":true,"num":0}]');
    client.send(new Uint8Array(6_000));
    client.send(new Uint8Array(6_000));
    await stage.advance();
    expect([client.closed?.code, stage.admissions]).toEqual([1009, 0]);
  });

  it('SIO8: DISCONNECT leaves; the close packet ends the connection', async () => {
    const stage = new SocketIoFixture();
    stage.connect().send('41');
    expect(stage.lines).toEqual(['["leave"]']);
    const client = stage.connect();
    client.send('1');
    await stage.advance();
    expect([client.closed?.code, stage.admissions]).toEqual([1000, 1]);
  });

  it('SIO10: an invalid token receives an error; a later one may be valid', () => {
    const seen: unknown[] = [];
    const stage = new SocketIoFixture({
      authorize: (token) => {
        seen.push(token);
        return token === 'good' ? { maySubscribe: true, clearance: [], expiresAt: NEVER, mayPublish: () => false } : undefined;
      },
    });
    const client = stage.connect();
    const missing = '44{"message":"refused: token-missing","data":{"code":4401,"text":"refused: token-missing"}}';
    expect([client.received.at(-1), stage.gateway.connections.length]).toEqual([missing, 0]);
    for (const auth of ['{"token":"bad"}', '{"token":5}', '{"token":', '[]', '{"token":"good"}']) client.send(`40${auth}`);
    expect([seen, stage.gateway.connections.length]).toEqual([[undefined, 'bad', undefined, undefined, undefined, 'good'], 1]);
  });

  it('A8: a refused token is reported to the gateway, and too many of them end the session', () => {
    const stage = new SocketIoFixture({
      authorize: (token, onRefused) => {
        if (token !== undefined) onRefused({ reason: 'token-invalid', detail: token });
        return undefined;
      },
    });
    stage.gateway.maxTokenRefusals = 2;
    const client = stage.connect();
    client.send('40{"token":"one"}');
    const invalid = '44{"message":"refused: token-invalid","data":{"code":4401,"text":"refused: token-invalid"}}';
    expect([client.state, client.received.at(-1)]).toEqual(['open', invalid]);
    client.send('40{"token":"two"}');
    const text = 'Too many failed authentications from this address';
    expect(client.received.at(-1)).toBe(`44{"message":"${text}","data":{"code":1008,"text":"${text}"}}`);
    expect(client.closed?.code).toBe(1008);
    expect(stage.gateway.tokenRefusals).toMatchObject([{ detail: 'one' }, { detail: 'two' }]);
  });

  it('SIO10: the token may be in the header or in the query', () => {
    const seen: unknown[] = [];
    const stage = new SocketIoFixture({ authorize: (token) => void seen.push(token) });
    stage.webSocket('EIO=4&transport=websocket', { authorization: 'Bearer a' }).send('40');
    stage.webSocket('EIO=4&transport=websocket&token=b').send('40');
    stage.webSocket('EIO=4&transport=websocket&token=b').send('40{"token":"c"}');
    expect(seen).toEqual(['a', 'b', 'c']);
  });

  it('SIO10: topics that the token does not permit are neither published nor joined', () => {
    const stage = new SocketIoFixture({
      authorize: () => ({
        maySubscribe: false,
        clearance: [{ topic: 'a' }],
        expiresAt: 77,
        mayPublish: (topic) => topic === 'a',
      }),
    });
    const client = stage.connect();
    for (const event of ['["publish","a",[]]', '["publish","b",[]]', '["subscribe","a"]', '["unsubscribe","a"]']) {
      client.send(`42${event}`);
    }
    expect(stage.lines).toEqual(['["publish","a","",null]', '["forbidden"]', '["forbidden"]', '["unsubscribe","a",null]']);
    const { connectRequest, carrier } = stage.gateway.connections[0]?.admission ?? {};
    expect([carrier, connectRequest]).toMatchObject(['socket', { clearance: [{ topic: 'a' }], expiresAt: 77 }]);
  });

  it('SIO11: a client of version 3 is connected at once, sends pings, and marks its binary packets', () => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    const client = stage.webSocket('EIO=3&transport=websocket');
    stage.sendLine('welcome', 'id');
    client.send('2');
    client.send('2probe');
    client.send('451-["publish","a",{"_placeholder":true,"num":0}]');
    client.send(Uint8Array.of(4, 1, 2, 3));
    client.send(Uint8Array.of(1, 2, 3));
    expect(client.received.slice(1)).toEqual(['40', '3', '3probe']);
    expect(stage.lines).toEqual(['["stay"]', '["stay"]', '["stay"]', '["publish","a","AQID",null]', 'null']);
  });
});
