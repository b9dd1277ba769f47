import type { WebSocket } from 'uWebSockets.js';
import { describe, expect, it, vi } from 'vitest';
import { CLOSE_FRAMES } from '../../../../../src/adapters/transports/shared/close-frames.ts';
import { PendingCloses } from '../../../../../src/adapters/transports/uws/pending-closes.ts';
import { Outbox } from '../../../../../src/adapters/transports/uws/outbox.ts';
import { TlsReading } from '../../../../../src/adapters/transports/uws/tls-reading.ts';
import { UwsSocket } from '../../../../../src/adapters/transports/uws/socket.ts';
import { echoed } from '../../../../../src/domain/ids.ts';
import { notice } from '../../../../../src/domain/message.ts';
import {
  ADMISSION,
  RecordingGateway,
  type RecordedConnection,
} from '../../../../../src/contracts/transports/recording-gateway.ts';

const LIMITS = { maxFrameBytes: 1_000, sendBufferBytes: 100 };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const message = notice('leave', echoed('bob'), echoed('ann'));

/** An open socket over a library socket that accepts no bytes while it is `stuck`. */
function opened(onOpened: (connection: RecordedConnection) => void = () => undefined) {
  const gateway = new RecordingGateway();
  gateway.onOpened = onOpened;
  const turns: (() => void)[] = [];
  const wire = { calls: [] as string[], stuck: false, unread: 0 };
  const send = (text: Uint8Array): number => {
    wire.calls.push(Buffer.from(text).toString());
    if (wire.stuck) wire.unread += text.length;
    return wire.stuck ? 0 : 1;
  };
  const calls = (what: string): void => void wire.calls.push(what);
  const ws = {
    send,
    end: (code: number) => calls(`end ${code}`),
    ping: (payload: string) => calls(`ping ${payload}`),
    close: () => calls('cut'),
    cork: (write: () => void) => write(),
    getBufferedAmount: () => wire.unread,
  };
  const reading = new TlsReading();
  const outbox = new Outbox(reading);
  const pendingCloses = new PendingCloses();
  const context = { gateway, defer: (turn: () => void) => void turns.push(turn), maxBacklogBytes: 1_000 };
  const socket = new UwsSocket(context, ADMISSION, { outbox, pendingCloses, limits: LIMITS, tooBig: CLOSE_FRAMES.tooBig });
  socket.connected(ws as unknown as WebSocket<unknown>);
  const pass = (): void => turns.splice(0).forEach((turn) => turn());
  return { socket, context, reading, outbox, pendingCloses, wire, pass, connection: () => gateway.connections[0] };
}

describe('a socket of uWebSockets.js', () => {
  it('O3: texts that the gateway writes on opening are sent at once, with the handshake response', () => {
    const { wire } = opened((connection) => connection.socket.write(bytes('welcome')));
    expect(wire.calls).toEqual(['welcome']);
  });

  it('M17: texts are sent before the close', () => {
    const { socket, pendingCloses, wire } = opened();
    socket.write(bytes('a'));
    socket.write(bytes('b'));
    socket.close(1000, '');
    pendingCloses.closeAll();
    expect(wire.calls).toEqual(['a', 'b', 'end 1000']);
    expect(socket.write(bytes('c'))).toBe('gone');
  });

  it('M16: a message that was accepted and not sent is returned before the close is reported', () => {
    const { socket, outbox, wire, pass, connection } = opened();
    expect(socket.write(bytes('a'), message)).toBe('sent');
    socket.disconnected({ by: 'network', code: 1006 });
    outbox.flush();
    pass();
    expect([wire.calls, connection()?.unsent, connection()?.late, connection()?.closedCount]).toEqual([[], [message], [], 1]);
  });

  it('texts for other connections do not wait while a thousand connections close', () => {
    const [ann, bob] = [opened(), opened()];
    const shared = new UwsSocket(ann.context, ADMISSION, {
      outbox: bob.outbox,
      pendingCloses: bob.pendingCloses,
      limits: LIMITS,
      tooBig: CLOSE_FRAMES.tooBig,
    });
    bob.socket.write(bytes('a'));
    shared.disconnected({ by: 'network', code: 1006 });
    expect(bob.wire.calls).toEqual(['a']);
  });

  it('M16: queued texts count against the buffer, so one turn can’t exceed it', () => {
    const { socket, wire } = opened();
    wire.stuck = true;
    const outcomes = Array.from({ length: 6 }, () => socket.write(bytes('x'.repeat(30))));
    expect(outcomes).toEqual(['sent', 'queued', 'queued', 'gone', 'gone', 'gone']);
    expect(wire.calls).toHaveLength(3);
    expect(wire.unread).toBe(90);
  });

  it('M16: a client that has caught up has no back-pressure', () => {
    const { socket, outbox, wire } = opened();
    wire.stuck = true;
    socket.write(bytes('a'.repeat(90)));
    outbox.flush();
    expect(socket.write(bytes('b'))).toBe('queued');
    wire.stuck = false;
    wire.unread = 0;
    expect(socket.write(bytes('c'.repeat(90)))).toBe('sent');
  });

  it('M20: a client that sends pings and reads no pongs is closed, and cut if it continues', () => {
    const { socket, wire, pass, connection } = opened();
    wire.unread = LIMITS.sendBufferBytes;
    socket.receivePing();
    expect([connection()?.aliveCount, wire.calls]).toEqual([1, []]);
    wire.unread += 1;
    socket.receivePing();
    expect(socket.write(bytes('a'))).toBe('gone');
    socket.receivePing();
    pass();
    expect([connection()?.aliveCount, wire.calls]).toEqual([1, ['cut']]);
  });

  it('M17, M21: a close while the library reads over TLS is sent after all texts, also if other closes wait', async () => {
    const { socket, context, reading, outbox, pendingCloses, wire } = opened();
    const other = new UwsSocket(context, ADMISSION, { outbox, pendingCloses, limits: LIMITS, tooBig: CLOSE_FRAMES.tooBig });
    pendingCloses.add(other);
    reading.during(() => {
      for (const text of ['a'.repeat(40), 'b'.repeat(40)]) socket.write(bytes(text));
      socket.close(1008, 'ID is taken');
    });
    expect(wire.calls).toEqual([]);
    await new Promise(setImmediate);
    expect(wire.calls).toEqual(['a'.repeat(40), 'b'.repeat(40), 'ping closing']);
  });

  describe('M21: the close waits until the client has read all texts', () => {
    const pong = (text: string): ArrayBuffer => new Uint8Array(bytes(text)).buffer;

    it('until its pong to the closing ping; other pongs are ignored', async () => {
      const { socket, wire } = opened();
      socket.write(bytes('ID is taken'));
      socket.close(1008, 'ID is taken');
      expect(wire.calls).toEqual(['ID is taken']);
      await new Promise(setImmediate);
      socket.receivePong(pong(''));
      await new Promise(setImmediate);
      expect(wire.calls).toEqual(['ID is taken', 'ping closing']);
      socket.receivePong(pong('closing'));
      expect(wire.calls).toHaveLength(2);
      await new Promise(setImmediate);
      expect(wire.calls.slice(2)).toEqual(['end 1008']);
    });

    it('not for a client that continues to send: it is closed at once, and its input is not counted any more', async () => {
      const { socket, wire, connection } = opened();
      socket.close(1008, 'sends too fast');
      for (let n = 0; n < 128; n++) {
        socket.receiveMessage(bytes('a'), false);
        expect(wire.calls).toEqual([]);
        socket.receivePing();
      }
      expect(wire.calls).toEqual(['end 1008']);
      for (let n = 0; n < 1_000; n++) socket.receivePing();
      await new Promise(setImmediate);
      expect([wire.calls, connection()?.frames.length, connection()?.aliveCount]).toEqual([['end 1008'], 0, 0]);
    });

    it('until a timeout; a client with unread bytes is cut then', () => {
      vi.useFakeTimers();
      const [ann, bob] = [opened(), opened()];
      ann.socket.close(4001, '');
      bob.wire.stuck = true;
      bob.socket.write(bytes('unread'));
      bob.socket.close(4001, '');
      vi.advanceTimersByTime(2_999);
      expect([ann.wire.calls, bob.wire.calls]).toEqual([['ping closing'], ['unread', 'ping closing']]);
      vi.advanceTimersByTime(2);
      expect([ann.wire.calls.slice(1), bob.wire.calls.slice(2)]).toEqual([['end 4001'], ['cut']]);
      vi.useRealTimers();
    });

    it('unless the client closes first', () => {
      const { socket, pendingCloses, wire, pass, connection } = opened();
      socket.close(1008, '');
      socket.disconnected({ by: 'network', code: 1006 });
      pendingCloses.closeAll();
      pass();
      expect([wire.calls, connection()?.closedCount]).toEqual([[], 1]);
    });

    it('and input is ignored in the meantime', () => {
      const { socket, wire, connection } = opened();
      socket.close(1008, '');
      socket.receiveMessage(bytes('x'.repeat(LIMITS.maxFrameBytes + 1)), false);
      socket.receiveMessage(bytes('x'), false);
      expect([wire.calls, connection()?.frames]).toEqual([[], []]);
    });
  });
});
