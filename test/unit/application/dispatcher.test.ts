import { describe, expect, it } from 'vitest';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { MemorySocket } from '../../../src/adapters/transports/memory/socket.ts';
import { LinesBroker } from '../../support/lines-broker.ts';

describe('Dispatcher', () => {
  it('T3: joins topics, publishes and leaves topics on request', () => {
    const broker = new LinesBroker();
    const [ann, bob] = [broker.connectLines(), broker.connectLines()];
    bob.send('+garden');
    ann.send('garden It rains');
    bob.send('-garden');
    ann.send('garden It pours');
    expect(bob.received).toEqual(['# in garden:', 'garden It rains']);
  });

  it('M10: counts malformed frames, also of guests', () => {
    const broker = new LinesBroker({ malformedPerWindow: 1 });
    const ann = broker.connectLines();
    ann.send('what');
    expect(ann.client.state).toBe('open');
    ann.send('what');
    expect(ann.client.closed?.code).toBe(1007);
  });

  it('M19: closes a connection above its rate limit, for any kind of frame', () => {
    const broker = new LinesBroker({ messageBurst: 2 });
    const ann = broker.connectLines();
    for (const line of ['+a', '+b', '+c']) ann.send(line);
    expect(ann.client.closed?.code).toBe(1008);
  });

  it('M23: requests count against the turn, a subscription for each selector, but not relayed messages and heartbeats', () => {
    const units: number[] = [];
    const wire = MemorySocket.prototype as { spend?: (units: number) => void };
    wire.spend = (spent) => void units.push(spent);
    const broker = new LinesBroker();
    const ann = broker.connectLines();
    for (const line of ['+garden', '', 'garden It rains', '-garden']) ann.send(line);
    broker.connectPeer('bob').sendOffer('eve');
    broker.connectPeer('cid').send({ type: 'HEARTBEAT' });
    delete wire.spend;
    expect(units).toEqual([12, 12, 12]);
  });

  it('passes received requests and sent frames to the tap', () => {
    const received: FrameRequest['action'][] = [];
    const sent: string[] = [];
    const tap = {
      isEnabled: true,
      received: (_: unknown, { action }: FrameRequest) => void received.push(action),
      sent: (_: unknown, text: Uint8Array) => void sent.push(Buffer.from(text).toString().trimEnd()),
    };
    const ann = new LinesBroker({}, { tap }).connectLines();
    ann.send('+garden');
    ann.send('');
    expect([received, sent]).toEqual([
      ['join-topics', 'heartbeat'],
      ['# you are id1', '# in garden:'],
    ]);
  });
});
