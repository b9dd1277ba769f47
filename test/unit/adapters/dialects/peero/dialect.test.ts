import { describe, expect, it } from 'vitest';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

class PeeroHouse extends TestBroker {
  constructor(config: Partial<Config> = {}) {
    let count = 0;
    super({ dialects: ['peerjs', 'peero'], ...config }, { peerIds: { generate: () => `id${++count}` } });
  }

  enters(query = ''): { far: MemoryClient; id: string } {
    const far = this.transport.connect({ path: '/peero', query });
    return { far, id: (JSON.parse(far.received[0] ?? '{}') as { peer: string }).peer };
  }
}

const send = ({ far }: { far: MemoryClient }, frame: object): void => far.send(JSON.stringify(frame));
/** The frames after hello. */
const received = ({ far }: { far: MemoryClient }): unknown[] => far.received.slice(1).map((text) => JSON.parse(text) as unknown);

describe('Peero', () => {
  it('PEO1, PEO2: lists the other peers to a new peer, and announces it to them', () => {
    const house = new PeeroHouse();
    const [ann, bob] = [house.enters(), house.enters()];
    expect(ann.far.received[0]).toBe(`{"type":"hello","peer":"${ann.id}"}`);
    expect([received(ann), received(bob)]).toEqual([
      [
        { type: 'peers', peers: [] },
        { type: 'announce', peer: bob.id },
      ],
      [{ type: 'peers', peers: [ann.id] }],
    ]);
  });

  it('PEO3: sends an offer to all others, with the real id of the sender', () => {
    const house = new PeeroHouse();
    const [ann, bob, eve] = [house.enters(), house.enters(), house.enters()];
    send(ann, { type: 'offer', signal: { sdp: 1 } });
    send(ann, { type: 'offer', peer: bob.id, from: 'x', signal: 2 });
    expect([received(bob).slice(-2), received(eve).at(-1)]).toEqual([
      [
        { type: 'offer', peer: ann.id, signal: { sdp: 1 } },
        { type: 'offer', peer: ann.id, signal: 2 },
      ],
      { type: 'offer', peer: ann.id, signal: { sdp: 1 } },
    ]);
    expect(received(ann).filter((frame) => (frame as { type: string }).type === 'offer')).toEqual([]);
  });

  it('PEO4: sends an answer to one peer', () => {
    const house = new PeeroHouse();
    const [ann, bob, eve] = [house.enters(), house.enters(), house.enters()];
    send(bob, { type: 'answer', peer: ann.id, signal: 1 });
    expect([received(ann).at(-1), received(eve).length]).toEqual([{ type: 'answer', peer: bob.id, signal: 1 }, 1]);
  });

  it('PEO5: notifies the others of a disconnected peer, with its will unless it sent leave', () => {
    const house = new PeeroHouse();
    const [ann, bob, eve] = [house.enters(), house.enters(), house.enters()];
    for (const one of [bob, eve]) send(one, { type: 'will', signal: 'lost' });
    bob.far.cut();
    send(eve, { type: 'leave' });
    expect(received(ann).slice(-2)).toEqual([
      { type: 'remove', peer: bob.id, signal: 'lost' },
      { type: 'remove', peer: eve.id },
    ]);
    expect(eve.far.closed?.code).toBe(1000);
  });

  it('PEO6: returns an error for a message that could not be delivered', () => {
    const house = new PeeroHouse({ expireTimeout: 5_000 });
    const ann = house.enters();
    send(ann, { type: 'answer', peer: 'nobody', signal: 1 });
    house.advance(6_000);
    expect(received(ann).at(-1)).toMatchObject({ type: 'error', peer: 'nobody' });
  });

  it('PEO7: removes an idle peer that does not answer pings', () => {
    const house = new PeeroHouse({ sweepInterval: 1 });
    const [ann, bob] = [house.enters(), house.enters()];
    bob.far.answersPings = false;
    for (let minute = 0; minute < 3; minute++) house.advance(30_000);
    expect([bob.far.closed?.code, received(ann).at(-1)]).toEqual([4002, { type: 'remove', peer: bob.id }]);
  });

  it('PEO8: separates meshes by topic and by key', () => {
    const house = new PeeroHouse({ keys: ['red', 'blue'] });
    const [ann, bob, eve, sue] = [
      house.enters(),
      house.enters('topic=garden'),
      house.enters('key=blue'),
      house.enters('key=red'),
    ];
    expect([ann, bob, eve, sue].map((one) => received(one)[0])).toEqual(
      [[], [], [], [ann.id]].map((peers) => ({ type: 'peers', peers })),
    );
    expect(house.enters('key=green').far.closed?.code).toBe(1008);
  });

  it('PEO4: exchanges messages with a PeerJS peer of the same realm', () => {
    const house = new PeeroHouse();
    const [ann, bob] = [house.enters(), house.connectPeer('bob')];
    bob.sendOffer(ann.id, { sdp: 1 });
    send(ann, { type: 'answer', peer: 'bob', signal: { sdp: 2 } });
    expect(received(ann).at(-1)).toEqual({ type: 'offer', peer: 'bob', signal: { sdp: 1 } });
    expect(bob.received).toEqual([{ type: 'ANSWER', src: ann.id, dst: 'bob', payload: { sdp: 2 } }]);
  });

  it('H16: answers 426 to a request without an upgrade, and 404 if the dialect is off', () => {
    expect(new TestBroker().transport.connect({ path: '/peero' }).refusal?.status).toBe(404);
    expect(new PeeroHouse().transport.http('GET', '/peero').status).toBe(426);
  });
});
