import { describe, expect, it } from 'vitest';
import type { FrameRequest } from '../../../src/application/ports/requests.ts';
import { LinesHouse } from '../../support/lines.ts';

describe('the dispatcher', () => {
  it('T3: joins, publishes and parts for who asks', () => {
    const house = new LinesHouse();
    const [ann, bob] = [house.enters(), house.enters()];
    bob.says('+garden');
    ann.says('garden It rains');
    bob.says('-garden');
    ann.says('garden It pours');
    expect(bob.heard).toEqual(['# in garden:', 'garden It rains']);
  });

  it('M10: what can not be read counts, for guests too', () => {
    const house = new LinesHouse({ malformedPerWindow: 1 });
    const ann = house.enters();
    ann.says('what');
    expect(ann.far.state).toBe('open');
    ann.says('what');
    expect(ann.far.closed?.code).toBe(1007);
  });

  it('M19: who says too much is closed, whatever it says', () => {
    const house = new LinesHouse({ messageBurst: 2 });
    const ann = house.enters();
    for (const line of ['+a', '+b', '+c']) ann.says(line);
    expect(ann.far.closed?.code).toBe(1008);
  });

  it('shows an embedding program what is asked, and what is told', () => {
    const asked: FrameRequest['ask'][] = [];
    const told: string[] = [];
    const tap = {
      isOpen: true,
      heard: (_: unknown, { ask }: FrameRequest) => void asked.push(ask),
      told: (_: unknown, text: Uint8Array) => void told.push(Buffer.from(text).toString().trimEnd()),
    };
    const ann = new LinesHouse({}, { tap }).enters();
    ann.says('+garden');
    ann.says('');
    expect([asked, told]).toEqual([
      ['join', 'stay'],
      ['# you are id1', '# in garden:'],
    ]);
  });
});
