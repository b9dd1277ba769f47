import { describe, expect, it } from 'vitest';
import { MemorySocket } from '../../../../src/adapters/transports/memory/socket.ts';
import { pair, TestBroker } from '../../../support/test-broker.ts';

describe('leaveRealm', () => {
  it('M7, L4: frees the id at once on request', () => {
    const { broker, ann } = pair();
    ann.send({ type: 'LEAVE' });
    expect(broker.connectPeer('ann', { token: 'other' }).client.state).toBe('open');
  });

  it('L2, L4: frees the id at once on disconnect, notifies no other peer, and logs the close', () => {
    const { broker, ann, bob } = pair();
    ann.client.cut();
    expect([broker.connectPeer('ann', { token: 'other' }).client.state, bob.received]).toEqual(['open', []]);
    expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'lost' }));
  });

  it('M23, T8: a large will counts against the turn, for each topic', () => {
    const units: number[] = [];
    const wire = MemorySocket.prototype as { spend?: (units: number) => void };
    wire.spend = (spent) => void units.push(spent);
    const broker = new TestBroker({ dialects: ['peero'] });
    const [ann, bob] = [1, 2].map(() => broker.transport.connect({ path: '/peero', query: '' }));
    ann?.send(`{"type":"will","signal":"${'w'.repeat(25_598)}"}`);
    units.length = 0;
    bob?.cut();
    ann?.cut();
    delete wire.spend;
    expect(units).toEqual([100]);
  });

  it('logs the close once, also if the broker closed the connection first', () => {
    const { broker, ann } = pair();
    ann.send({ type: 'LEAVE' });
    broker.advance(1);
    expect(broker.eventNames.filter((event) => event === 'peer-closed')).toHaveLength(1);
  });
});

it('M18: logs the fault for which the transport closed the connection', () => {
  const { broker, ann } = pair();
  ann.client.send('x'.repeat(2_000_000));
  expect(broker.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'message-too-big' }));
});
