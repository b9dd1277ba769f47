import { describe, expect, it } from 'vitest';
import { pair } from '../../../support/test-broker.ts';

describe('leaveRealm', () => {
  it('M7, L4: by word: the id is free at once', () => {
    const { house, ann } = pair();
    ann.send({ type: 'LEAVE' });
    expect(house.connectPeer('ann', { token: 'other' }).client.state).toBe('open');
  });

  it('L2, L4: by loss: the id is free at once, others are not told, it is logged', () => {
    const { house, ann, bob } = pair();
    ann.client.cut();
    expect([house.connectPeer('ann', { token: 'other' }).client.state, bob.received]).toEqual(['open', []]);
    expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'lost' }));
  });

  it('is logged once, also when the broker closed it before it was lost', () => {
    const { house, ann } = pair();
    ann.send({ type: 'LEAVE' });
    house.advance(1);
    expect(house.eventNames.filter((event) => event === 'peer-closed')).toHaveLength(1);
  });
});

it('M18: a peer that the transport closed for a fault is logged with that fault', () => {
  const { house, ann } = pair();
  ann.client.send('x'.repeat(2_000_000));
  expect(house.events).toContainEqual(expect.objectContaining({ event: 'peer-closed', ending: 'message-too-big' }));
});
