import { describe, expect, it } from 'vitest';
import { ReceivedMessages } from '../../../src/application/received-messages.ts';
import { NoTelemetry } from '../../../src/adapters/telemetry/none.ts';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { MercureDialect } from '../../../src/adapters/dialects/mercure/dialect.ts';
import { RelayDialect } from '../../../src/adapters/dialects/relay/dialect.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { Connection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';
import type { Dialect } from '../../../src/application/ports/dialect.ts';
import type { MessageTap } from '../../../src/application/ports/message-tap.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';
import { connectionId, echoed, slotOf, type ConnectionId } from '../../../src/domain/ids.ts';
import type { MemoryAccount } from '../../../src/domain/memory-account.ts';
import { notice } from '../../../src/domain/message.ts';

const RECEIVED = new ReceivedMessages(new NoTelemetry(), 'relay');

const DIALECT = new PeerjsDialect('/');

interface Attributes {
  readonly dialect?: Dialect;
  readonly memory?: MemoryAccount;
}

function connection({ dialect = DIALECT, memory }: Attributes = {}): Connection & { readonly written: string[] } {
  const written: string[] = [];
  const socket: Socket = {
    write: (text) => (written.push(Buffer.from(text).toString()), 'sent'),
    close: (code, why) => void written.push(`close ${code} ${why}`),
    terminate: () => void written.push('terminate'),
    ping: () => void written.push('ping'),
    pause: () => undefined,
    resume: () => undefined,
  };
  const made = new Connection(
    { dialect, carrier: 'socket', received: RECEIVED },
    { socket, conversation: dialect, openedAt: 0 },
    { address: '192.0.2.1', memory },
  );
  return Object.assign(made, { written });
}

const DISABLED_TAP: MessageTap = { isEnabled: false, received: () => undefined, sent: () => undefined };
const MERCURE = new MercureDialect('/hub', {
  isOpen: true,
  isAnonymous: true,
  isOwnToken: () => true,
  maxBodyBytes: 1_000,
  maxTopics: 10,
});
const KEEP_ALIVE = MERCURE.keepAliveFrame();
const REGISTRATION = { id: echoed('ann'), replaces: 'nothing' } as const;
const EXPIRE = notice('expire', echoed('bob'), echoed('ann'));

describe('connections', () => {
  it('finds a connection by its id until it is removed, once', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const ann = connection();
    const id = connections.add(ann);
    expect([connections.find(id), connections.size]).toEqual([ann, 1]);
    expect([connections.remove(id), connections.remove(id), connections.find(id), connections.size]).toEqual([
      ann,
      undefined,
      undefined,
      0,
    ]);
  });

  it('does not find the new connection of a slot by the id of the old one', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const old = connections.add(connection());
    connections.remove(old);
    const reused = connections.add(connection());
    expect([slotOf(reused) === slotOf(old), reused === old, connections.find(old)]).toEqual([true, false, undefined]);
  });

  it('reuses the slot that is unused for longest', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const ids = [1, 2, 3].map(() => connections.add(connection()));
    for (const id of ids) connections.remove(id);
    expect([1, 2, 3].map(() => slotOf(connections.add(connection())))).toEqual(ids.map(slotOf));
  });

  it('promise 5: reuses slots without limit', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const slots = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      const id = connections.add(connection());
      slots.add(slotOf(id));
      connections.remove(id);
    }
    expect(slots.size).toBe(1);
  });

  it('encodes a message in the dialect of its receiver', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const ann = connection();
    expect(connections.send(connections.add(ann), EXPIRE)).toBe('sent');
    expect(ann.written).toEqual(['{"type":"EXPIRE","src":"bob","dst":"ann"}']);
  });

  it('counts and taps keep-alive frames; counts the texts of the embedding program', () => {
    const tapped: string[] = [];
    const tap = { ...DISABLED_TAP, isEnabled: true, sent: (_: unknown, text: Uint8Array) => void tapped.push(String(text)) };
    const connections = new Connections(tap, new ManualClock(), new NoTelemetry());
    const subscriber = connection({ dialect: MERCURE });
    const id = connections.add(subscriber);
    connections.ping(id);
    const { framesOut, bytesOut } = subscriber;
    expect([framesOut, bytesOut, tapped]).toEqual([1, KEEP_ALIVE.length, [String(KEEP_ALIVE)]]);
    expect(connections.sendText(id, Buffer.from('text'))).toBe('sent');
    expect([subscriber.framesOut, subscriber.bytesOut, tapped]).toEqual([2, KEEP_ALIVE.length + 4, [String(KEEP_ALIVE)]]);
  });

  it('B1, B3: sends nothing to a muted connection but its close, and all to the next one in its slot', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const [ann, bob] = [connection(), connection()];
    const [id, other] = [connections.add(ann), connections.add(bob)];
    connections.mute(id);
    const sendAll = (to: ConnectionId) => [connections.send(to, EXPIRE), connections.sendText(to, Buffer.from('text'))];
    expect([sendAll(id), sendAll(other)]).toEqual([
      ['gone', 'gone'],
      ['sent', 'sent'],
    ]);
    connections.reply(id, Buffer.from('reply'));
    connections.close(id, (dialect) => dialect.closeFrame('hoarding'));
    expect([ann.written, bob.written.length]).toEqual([['close 1008 holds too much memory'], 2]);
    connections.remove(id);
    connections.mute(id);
    expect(sendAll(connections.add(connection()))).toEqual(['sent', 'sent']);
  });

  it('B3: sends no event to a connection that ends for its memory', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const subscriber = connection({ dialect: new RelayDialect('/relay') });
    const id = connections.add(subscriber);
    connections.mute(id);
    connections.notify([id], { event: 'pong' });
    expect(subscriber.framesOut).toBe(0);
  });

  it('sends nothing to a connection that has ended', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const ended = connectionId(9, 9);
    connections.sendOpenFrame(ended, REGISTRATION);
    connections.close(ended, (dialect) => dialect.closeFrame('left'));
    expect(connections.send(ended, EXPIRE)).toBe('gone');
  });

  it('O3, O4: encodes open and close frames in the dialect', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const ann = connection();
    const id = connections.add(ann);
    connections.sendOpenFrame(id, REGISTRATION);
    connections.close(id, (dialect) => dialect.refusal({ reason: 'id-taken' }));
    connections.close(id, (dialect) => dialect.closeFrame('left'));
    expect(ann.written).toEqual([
      '{"type":"OPEN"}',
      '{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}',
      'close 1008 ID is taken',
      'close 1000 left',
    ]);
  });

  it('lists all open connections with their ids', () => {
    const connections = new Connections(DISABLED_TAP, new ManualClock(), new NoTelemetry());
    const [first, second] = [connection(), connection()];
    const ended = connections.add(first);
    const id = connections.add(second);
    connections.remove(ended);
    expect([...connections.all()]).toEqual([[id, second]]);
  });
});
