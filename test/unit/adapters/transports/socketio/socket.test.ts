import { describe, expect, it } from 'vitest';
import { SocketIoSocket, type SocketLike } from '../../../../../src/adapters/transports/socketio/socket.ts';
import { Reports } from '../../../../../src/adapters/transports/shared/reports.ts';
import { ADMISSION, RecordingGateway, textOf } from '../../../../contracts/transports/recording-gateway.ts';

const bytes = (line: unknown): Uint8Array => Buffer.from(JSON.stringify(line));

function opened(sendBufferBytes = 1_000) {
  const gateway = new RecordingGateway();
  const turns: (() => void)[] = [];
  const later = (turn: () => void): void => void turns.push(turn);
  const did: unknown[] = [];
  const library = {
    connected: true,
    conn: { readyState: 'open' },
    emit: (...event: unknown[]) => (did.push(event), true),
    disconnect: () => {
      library.connected = false;
      did.push('disconnect');
      socket.ended();
    },
  };
  const reports = new Reports({ gateway, later, room: 1_000 }, ADMISSION);
  const limits = { maxFrameBytes: 200, sendBufferBytes };
  const socket: SocketIoSocket = new SocketIoSocket(library as unknown as SocketLike, reports, {
    limits,
    later,
    prefixes: ['p:', ''],
  });
  reports.opened(socket);
  const pass = (): void => turns.splice(0).forEach((turn) => turn());
  return {
    socket,
    did,
    pass,
    library,
    near: () => gateway.connections[0],
    heard: () => gateway.connections[0]?.frames.map(textOf),
  };
}

describe('a socket of Socket.IO', () => {
  it('SIO3, SIO4: tells messages as arrays of bytes, by the prefix of its peer', () => {
    const { socket, did } = opened();
    socket.write(bytes(['message', 'a', 'AQID']));
    socket.heard('p:subscribe', ['a']);
    socket.drained();
    expect(socket.write(bytes(['message', 'a', '']))).toBe('sent');
    expect(did).toEqual([
      ['message', 'a', [1, 2, 3]],
      ['p:message', 'a', []],
    ]);
  });

  it('SIO1: acknowledges what it is given a receipt for, once', () => {
    const { socket, heard } = opened();
    let count = 0;
    socket.heard('subscribe', ['a', (...given: unknown[]) => void (count += 1 + given.length)]);
    expect(heard()).toEqual(['["subscribe","a",1]']);
    for (const receipt of [1, 1, 9]) socket.write(bytes(['receipt', receipt]));
    expect(count).toBe(1);
  });

  it('M16: a far end that reads slowly: writes are queued, then gone; and then it is closed', () => {
    const { socket, near, pass } = opened(60);
    const message = bytes(['message', 'a', 'AQID']);
    expect([socket.write(message), socket.write(message), socket.write(message), socket.write(message)]).toEqual([
      'sent',
      'queued',
      'gone',
      'gone',
    ]);
    pass();
    expect(near()?.closedCount).toBe(1);
  });

  it('M18, SIO4: an event that is too large ends it', () => {
    const { socket, did, near, pass } = opened();
    socket.heard('publish', ['a', new Uint8Array(500)]);
    pass();
    expect([did, near()?.frames.length, near()?.closedCount]).toEqual([['disconnect'], 0, 1]);
  });

  it('closes once, reports it later, and nothing after it', () => {
    const { socket, near, pass } = opened();
    socket.close();
    socket.close();
    socket.heard('subscribe', ['a']);
    expect([near()?.closedCount, socket.write(bytes(['receipt', 1]))]).toEqual([0, 'gone']);
    pass();
    expect([near()?.closedCount, near()?.frames.length]).toEqual([1, 0]);
  });

  it('SIO8: lives as long as the library says so', () => {
    const { socket, near, pass, library } = opened();
    socket.ping();
    library.conn.readyState = 'closed';
    socket.ping();
    pass();
    expect(near()?.aliveCount).toBe(1);
  });

  it('M19: what comes while it is paused waits', () => {
    const { socket, heard, pass } = opened();
    socket.pause();
    socket.heard('subscribe', ['a']);
    expect(heard()).toEqual([]);
    socket.resume();
    pass();
    expect(heard()?.length).toBe(1);
  });
});
