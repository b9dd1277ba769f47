import { describe, expect, it } from 'vitest';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { LinesBroker } from '../../support/lines-broker.ts';

describe('the dispatcher', () => {
  it('T3: joins, publishes and parts for who asks', () => {
    const house = new LinesBroker();
    const [ann, bob] = [house.connectLines(), house.connectLines()];
    bob.send('+garden');
    ann.send('garden It rains');
    bob.send('-garden');
    ann.send('garden It pours');
    expect(bob.received).toEqual(['# in garden:', 'garden It rains']);
  });

  it('M10: what can not be read counts, for guests too', () => {
    const house = new LinesBroker({ malformedPerWindow: 1 });
    const ann = house.connectLines();
    ann.send('what');
    expect(ann.client.state).toBe('open');
    ann.send('what');
    expect(ann.client.closed?.code).toBe(1007);
  });

  it('M19: who says too much is closed, whatever it says', () => {
    const house = new LinesBroker({ messageBurst: 2 });
    const ann = house.connectLines();
    for (const line of ['+a', '+b', '+c']) ann.send(line);
    expect(ann.client.closed?.code).toBe(1008);
  });

  it('shows an embedding program what is asked, and what is told', () => {
    const asked: FrameRequest['action'][] = [];
    const told: string[] = [];
    const tap = {
      isEnabled: true,
      received: (_: unknown, { action }: FrameRequest) => void asked.push(action),
      sent: (_: unknown, text: Uint8Array) => void told.push(Buffer.from(text).toString().trimEnd()),
    };
    const ann = new LinesBroker({}, { tap }).connectLines();
    ann.send('+garden');
    ann.send('');
    expect([asked, told]).toEqual([
      ['join-topics', 'heartbeat'],
      ['# you are id1', '# in garden:'],
    ]);
  });
});
