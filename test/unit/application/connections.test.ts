import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { PeerjsDialect } from '../../../src/adapters/dialects/peerjs/dialect.ts';
import { newConnection, type Connection } from '../../../src/application/connection.ts';
import { Connections } from '../../../src/application/connections.ts';
import type { MessageTap } from '../../../src/application/ports/message-tap.ts';
import type { Socket } from '../../../src/application/ports/socket.ts';
import { connectionId, echoed, slotOf } from '../../../src/domain/ids.ts';
import { notice } from '../../../src/domain/message.ts';

const DIALECT = new PeerjsDialect('/');

function connection(): Connection & { readonly written: string[] } {
  const written: string[] = [];
  const socket: Socket = {
    write: (text) => (written.push(Buffer.from(text).toString()), 'sent'),
    close: (code, why) => void written.push(`close ${code} ${why}`),
    ping: () => void written.push('ping'),
    pause: () => undefined,
    resume: () => undefined,
  };
  const made = newConnection({ socket, dialect: DIALECT, address: '192.0.2.1' }, { origin: undefined, openedAt: 0 });
  return Object.assign(made, { written });
}

const SILENT: MessageTap = { isEnabled: false, received: () => undefined, sent: () => undefined };
const WELCOME = { id: echoed('ann'), replaces: 'nothing' } as const;
const EXPIRE = notice('expire', echoed('bob'), echoed('ann'));

describe('connections', () => {
  it('are found by name until they are dropped, once', () => {
    const connections = new Connections(SILENT, new ManualClock());
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

  it('a late answer to an old connection can not reach the new one of its slot', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const old = connections.add(connection());
    connections.remove(old);
    const young = connections.add(connection());
    expect([slotOf(young) === slotOf(old), young === old, connections.find(old)]).toEqual([true, false, undefined]);
  });

  it('the longest unused slot is used first', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const ids = [1, 2, 3].map(() => connections.add(connection()));
    for (const id of ids) connections.remove(id);
    expect([1, 2, 3].map(() => slotOf(connections.add(connection())))).toEqual(ids.map(slotOf));
  });

  it('promise 5: slots are used again, for ever', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const slots = new Set<number>();
    for (let i = 0; i < 10_000; i++) {
      const id = connections.add(connection());
      slots.add(slotOf(id));
      connections.remove(id);
    }
    expect(slots.size).toBe(1);
  });

  it('a message leaves in the dialect of its receiver', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const ann = connection();
    expect(connections.send(connections.add(ann), EXPIRE)).toBe('sent');
    expect(ann.written).toEqual(['{"type":"EXPIRE","src":"bob","dst":"ann"}']);
  });

  it('who is gone is told nothing', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const gone = connectionId(9, 9);
    connections.sendOpenFrame(gone, WELCOME);
    connections.close(gone, (dialect) => dialect.closeFrame('left'));
    expect(connections.send(gone, EXPIRE)).toBe('gone');
  });

  it('O3, O4: welcome and farewell are words of the dialect', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const ann = connection();
    const id = connections.add(ann);
    connections.sendOpenFrame(id, WELCOME);
    connections.close(id, (dialect) => dialect.refusal({ reason: 'id-taken' }));
    connections.close(id, (dialect) => dialect.closeFrame('left'));
    expect(ann.written).toEqual([
      '{"type":"OPEN"}',
      '{"type":"ID-TAKEN","payload":{"msg":"ID is taken"}}',
      'close 1008 ID is taken',
      'close 1000 left',
    ]);
  });

  it('all that are open are listed with their names', () => {
    const connections = new Connections(SILENT, new ManualClock());
    const [first, second] = [connection(), connection()];
    const gone = connections.add(first);
    const id = connections.add(second);
    connections.remove(gone);
    expect([...connections.all()]).toEqual([[id, second]]);
  });
});
