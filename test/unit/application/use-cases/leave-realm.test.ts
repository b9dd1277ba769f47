import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

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
