import { describe, expect, it } from 'vitest';
import { RelayDialect } from '../../../../../src/adapters/dialects/relay/dialect.ts';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

class RelayHouse extends TestBroker {
  constructor(config: Partial<Config> = {}) {
    let count = 0;
    super({ dialects: ['relay'], ...config }, { peerIds: { generate: () => `id${++count}` } });
  }

  enters(query = ''): MemoryClient {
    return this.transport.connect({ path: '/relay', query });
  }
}

const send = (far: MemoryClient, message: object): void => far.send(JSON.stringify(message));
const received = ({ received: texts }: MemoryClient): unknown[] => texts.map((text) => JSON.parse(text) as unknown);

describe('the topic relay', () => {
  it('is served at its path, with or without a trailing slash, and at the root if its path is empty', () => {
    const dialect = new RelayDialect('/relay');
    expect(['/relay', '/relay/', '/relayed', '/'].map((path) => dialect.servesWebSocketAt(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(new RelayDialect('').servesWebSocketAt('/')).toBe(true);
  });

  it('REL1, REL2: sends a publication to all subscribers, the publisher included', () => {
    const house = new RelayHouse();
    const [ann, bob, eve] = [house.enters(), house.enters(), house.enters()];
    for (const far of [ann, bob]) send(far, { type: 'subscribe', topics: ['garden', 'house'] });
    send(eve, { type: 'subscribe', topics: ['street'] });
    send(ann, { type: 'publish', topic: 'garden', data: [1] });
    const publication = { type: 'publish', topic: 'garden', data: [1], clients: 2 };
    expect([ann, bob, eve].map(received)).toEqual([[publication], [publication], []]);
    send(bob, { type: 'unsubscribe', topics: ['garden'] });
    send(eve, { type: 'publish', topic: 'garden' });
    expect([received(ann).at(-1), received(bob).length]).toEqual([{ type: 'publish', topic: 'garden', clients: 1 }, 1]);
  });

  it('REL4: sends a Trystero publication to the other subscribers only', () => {
    const house = new RelayHouse();
    const [ann, bob] = [house.enters(), house.enters()];
    for (const far of [ann, bob]) send(far, { type: 'subscribe', topic: 'garden' });
    send(ann, { type: 'publish', topic: 'garden', payload: 'rain' });
    expect([ann, bob].map(received)).toEqual([[], [{ topic: 'garden', payload: 'rain' }]]);
  });

  it('REL1: answers pings', () => {
    const ann = new RelayHouse().enters();
    send(ann, { type: 'ping' });
    expect(received(ann)).toEqual([{ type: 'pong' }]);
  });

  it('REL3: sends pings, and closes a connection that does not answer', () => {
    const house = new RelayHouse({ pingInterval: 30_000, aliveTimeout: 60_000, sweepInterval: 1 });
    const [ann, bob] = [house.enters(), house.enters()];
    bob.answersPings = false;
    for (let minute = 0; minute < 5; minute++) house.advance(30_000);
    expect([ann.state, bob.closed?.code]).toEqual(['open', 4002]);
  });

  it('REL3: allows one malformed frame, and closes the connection after a second one', () => {
    const house = new RelayHouse({ malformedPerWindow: 1 });
    const [ann, bob] = [house.enters(), house.enters()];
    ann.send('{');
    expect(ann.state).toBe('open');
    ann.send('{');
    send(bob, { type: 'ping' });
    expect([ann.closed?.code, received(bob)]).toEqual([1007, [{ type: 'pong' }]]);
  });

  it('REL5: selects the realm by the key', () => {
    const house = new RelayHouse({ keys: ['red', 'blue'] });
    const [ann, bob, eve] = [house.enters(), house.enters('key=red'), house.enters('key=blue')];
    for (const far of [ann, bob, eve]) send(far, { type: 'subscribe', topics: ['garden'] });
    send(ann, { type: 'publish', topic: 'garden' });
    expect([ann, bob, eve].map((far) => received(far).length)).toEqual([1, 1, 0]);
    expect(house.enters('key=green').closed?.code).toBe(1008);
  });

  it('T5: closes a connection that subscribes to too many topics', () => {
    const ann = new RelayHouse({ topicsPerConnection: 2 }).enters();
    send(ann, { type: 'subscribe', topics: ['a', 'b', 'c'] });
    expect(ann.closed?.code).toBe(1008);
  });

  it('H16: answers 426 to a request without an upgrade, and 404 if the dialect is off', () => {
    expect(new TestBroker().transport.connect({ path: '/relay' }).refusal?.status).toBe(404);
    expect(new RelayHouse().transport.http('GET', '/relay').status).toBe(426);
  });
});
