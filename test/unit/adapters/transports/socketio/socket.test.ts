import { describe, expect, it } from 'vitest';
import { MemorySocket } from '../../../../../src/adapters/transports/memory/socket.ts';
import { SocketIoFixture } from '../../../../support/socketio-fixture.ts';

describe('the socket of a client', () => {
  it('SIO1, SIO3, SIO6: sends packets with the prefix that the client used last', () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    stage.sendLine('welcome', 'id-1');
    client.send('427["peerix:subscribe","garden"]');
    stage.sendLine('receipt', 7);
    stage.sendLine('message', 'garden', 'AQID');
    client.send('42["subscribe","garden"]');
    stage.sendLine('message', 'garden', 'AQID');
    expect(client.received.slice(1)).toEqual([
      '40{"sid":"id-1"}',
      '437[]',
      '42["peerix:message","garden",[1,2,3]]',
      '42["message","garden",[1,2,3]]',
    ]);
  });

  it('SIO7: sends an error packet for a refusal', async () => {
    const stage = new SocketIoFixture({ protocols: [4, 3] });
    stage.gateway.onOpened = ({ socket }) => {
      socket.write(Buffer.from('["refused","full",1013]'));
      socket.close(1013, 'full');
    };
    const [client, old] = [stage.connect(), stage.webSocket('EIO=3&transport=websocket')];
    await stage.advance();
    expect([client.received.at(-1), old.received.at(-1), client.closed?.code]).toEqual([
      '44{"message":"full","data":{"code":1013,"text":"full"}}',
      '44"full"',
      1013,
    ]);
    expect(stage.admissions).toBe(0);
  });

  it('SIO8: sends pings, sends DISCONNECT before its close, and nothing afterwards', async () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    stage.sendLine('welcome', 'id');
    const { socket } = stage.gateway.connections[0] ?? {};
    socket?.ping();
    socket?.close(1012, 'server is restarting');
    socket?.close(1000, 'again');
    expect(socket?.write(Buffer.from('["receipt",1]'))).toBe('gone');
    socket?.ping();
    await stage.advance();
    expect([client.received.slice(2), client.closed?.code]).toEqual([['2', '41'], 1012]);
  });

  it('SIO11: sends no ping to a client of version 3', () => {
    const stage = new SocketIoFixture({ protocols: [3] });
    const client = stage.webSocket('EIO=3&transport=websocket');
    stage.gateway.connections[0]?.socket.ping();
    expect(client.received.length).toBe(1);
  });

  it('M16: closes a slow client instead of skipping messages', async () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    client.stopReading();
    const data = Buffer.alloc(1_000).toString('base64');
    for (let count = 0; count < 10; count++) stage.sendLine('message', 'garden', data);
    await stage.advance();
    expect(stage.admissions).toBe(0);
    client.startReading();
    expect(client.closed?.code).toBe(1008);
  });

  it('M19: pauses and resumes', async () => {
    const stage = new SocketIoFixture();
    const client = stage.connect();
    const { socket } = stage.gateway.connections[0] ?? {};
    socket?.pause();
    client.send('42["subscribe","a"]');
    expect(stage.lines).toEqual([]);
    socket?.resume();
    await stage.advance();
    expect(stage.lines).toEqual(['["subscribe","a",null]']);
  });

  it('M23: counts work against the turn of its WebSocket, or of the request that carries its packets', async () => {
    const stage = new SocketIoFixture();
    const units: number[] = [];
    const wire = MemorySocket.prototype as { spend?: (units: number) => void };
    wire.spend = (spent) => void units.push(spent);
    stage.gateway.onFrame = ({ socket }) => socket.spend?.(5);
    stage.connect().send('42["subscribe","a"]');
    const sid = await stage.openPolling();
    const posted = stage.memory.request('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
      body: '42["subscribe","b"]',
    });
    await stage.advance();
    delete wire.spend;
    expect([units, posted.units]).toEqual([[5], 5]);
  });
});
