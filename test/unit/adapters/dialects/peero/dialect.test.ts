import { describe, expect, it } from 'vitest';
import { PeeroDialect } from '../../../../../src/adapters/dialects/peero/dialect.ts';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

class PeeroBroker extends TestBroker {
  constructor(config: Partial<Config> = {}) {
    let count = 0;
    super({ dialects: ['peerjs', 'peero'], ...config }, { peerIds: { generate: () => `id${++count}` } });
  }

  connect(query = ''): { client: MemoryClient; id: string } {
    const client = this.transport.connect({ path: '/peero', query });
    return { client, id: (JSON.parse(client.received[0] ?? '{}') as { peer: string }).peer };
  }
}

const send = ({ client }: { client: MemoryClient }, frame: object): void => client.send(JSON.stringify(frame));
/** The frames after hello. */
const received = ({ client }: { client: MemoryClient }): unknown[] =>
  client.received.slice(1).map((text) => JSON.parse(text) as unknown);

describe('Peero', () => {
  it('PEO1, PEO2: lists the other peers to a new peer, and announces it to them', () => {
    const broker = new PeeroBroker();
    const [ann, bob] = [broker.connect(), broker.connect()];
    expect(ann.client.received[0]).toBe(`{"type":"hello","peer":"${ann.id}"}`);
    expect([received(ann), received(bob)]).toEqual([
      [
        { type: 'peers', peers: [] },
        { type: 'announce', peer: bob.id },
      ],
      [{ type: 'peers', peers: [ann.id] }],
    ]);
  });

  it('PEO3: sends an offer to all others, with the real id of the sender', () => {
    const broker = new PeeroBroker();
    const [ann, bob, eve] = [broker.connect(), broker.connect(), broker.connect()];
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
    const broker = new PeeroBroker();
    const [ann, bob, eve] = [broker.connect(), broker.connect(), broker.connect()];
    send(bob, { type: 'answer', peer: ann.id, signal: 1 });
    expect([received(ann).at(-1), received(eve).length]).toEqual([{ type: 'answer', peer: bob.id, signal: 1 }, 1]);
  });

  it('PEO5: notifies the others of a disconnected peer, with its will unless it sent leave', () => {
    const broker = new PeeroBroker();
    const [ann, bob, eve] = [broker.connect(), broker.connect(), broker.connect()];
    for (const one of [bob, eve]) send(one, { type: 'will', signal: 'lost' });
    bob.client.cut();
    send(eve, { type: 'leave' });
    expect(received(ann).slice(-2)).toEqual([
      { type: 'remove', peer: bob.id, signal: 'lost' },
      { type: 'remove', peer: eve.id },
    ]);
    expect(eve.client.closed?.code).toBe(1000);
  });

  it('PEO5, B1: large wills, whose memory is used again, are those of the lost peer', () => {
    const broker = new PeeroBroker();
    const ann = broker.connect();
    for (const letter of ['a', 'b', 'c']) {
      const [bob, eve] = [broker.connect(), broker.connect()];
      for (const size of [90_000, 100_000]) send(bob, { type: 'will', signal: letter.repeat(size) });
      send(eve, { type: 'will', signal: '!'.repeat(100_000) });
      send(eve, { type: 'leave' });
      bob.client.cut();
      expect(received(ann).at(-1)).toEqual({ type: 'remove', peer: bob.id, signal: letter.repeat(100_000) });
    }
  });

  it('PEO6: returns an error for a message that could not be delivered', () => {
    const broker = new PeeroBroker({ expireTimeout: 5_000 });
    const ann = broker.connect();
    send(ann, { type: 'answer', peer: 'nobody', signal: 1 });
    broker.advance(6_000);
    expect(received(ann).at(-1)).toMatchObject({ type: 'error', peer: 'nobody' });
  });

  it('PEO7: removes an idle peer that does not answer pings', () => {
    const broker = new PeeroBroker({ sweepInterval: 1 });
    const [ann, bob] = [broker.connect(), broker.connect()];
    bob.client.answersPings = false;
    for (let minute = 0; minute < 3; minute++) broker.advance(30_000);
    expect([bob.client.closed?.code, received(ann).at(-1)]).toEqual([4002, { type: 'remove', peer: bob.id }]);
  });

  it('A2, PEO8: passes the token of the URL to the authorizer', () => {
    const dialect = new PeeroDialect('/peero');
    expect(dialect.connectRequest('key=a&token=t')).toMatchObject({ key: 'a', token: 't' });
    expect(dialect.connectRequest('')).toMatchObject({ key: undefined, token: undefined });
  });

  it('PEO8: separates meshes by topic and by key', () => {
    const broker = new PeeroBroker({ keys: ['red', 'blue'] });
    const [ann, bob, eve, sue] = [
      broker.connect(),
      broker.connect('topic=garden'),
      broker.connect('key=blue'),
      broker.connect('key=red'),
    ];
    expect([ann, bob, eve, sue].map((one) => received(one)[0])).toEqual(
      [[], [], [], [ann.id]].map((peers) => ({ type: 'peers', peers })),
    );
    expect(broker.connect('key=green').client.closed?.code).toBe(1008);
  });

  it('PEO4: exchanges messages with a PeerJS peer of the same realm', () => {
    const broker = new PeeroBroker();
    const [ann, bob] = [broker.connect(), broker.connectPeer('bob')];
    bob.sendOffer(ann.id, { sdp: 1 });
    send(ann, { type: 'answer', peer: 'bob', signal: { sdp: 2 } });
    expect(received(ann).at(-1)).toEqual({ type: 'offer', peer: 'bob', signal: { sdp: 1 } });
    expect(bob.received).toEqual([{ type: 'ANSWER', src: ann.id, dst: 'bob', payload: { sdp: 2 } }]);
  });

  it('H16: answers 426 to a request without an upgrade, and 404 if the dialect is off', () => {
    expect(new TestBroker().transport.connect({ path: '/peero' }).refusal?.status).toBe(404);
    expect(new PeeroBroker().transport.http('GET', '/peero').status).toBe(426);
  });
});
