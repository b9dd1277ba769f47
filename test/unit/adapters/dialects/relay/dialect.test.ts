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

const says = (far: MemoryClient, message: object): void => far.send(JSON.stringify(message));
const heard = ({ received: texts }: MemoryClient): unknown[] => texts.map((text) => JSON.parse(text) as unknown);

describe('the topic relay', () => {
  it('is at its path, with a slash behind it or without; at the root it is at the root', () => {
    const dialect = new RelayDialect('/relay');
    expect(['/relay', '/relay/', '/relayed', '/'].map((path) => dialect.servesWebSocketAt(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(new RelayDialect('').servesWebSocketAt('/')).toBe(true);
  });

  it('REL1, REL2: who listens hears, the publisher included', () => {
    const house = new RelayHouse();
    const [ann, bob, eve] = [house.enters(), house.enters(), house.enters()];
    for (const far of [ann, bob]) says(far, { type: 'subscribe', topics: ['garden', 'house'] });
    says(eve, { type: 'subscribe', topics: ['street'] });
    says(ann, { type: 'publish', topic: 'garden', data: [1] });
    const told = { type: 'publish', topic: 'garden', data: [1], clients: 2 };
    expect([ann, bob, eve].map(heard)).toEqual([[told], [told], []]);
    says(bob, { type: 'unsubscribe', topics: ['garden'] });
    says(eve, { type: 'publish', topic: 'garden' });
    expect([heard(ann).at(-1), heard(bob).length]).toEqual([{ type: 'publish', topic: 'garden', clients: 1 }, 1]);
  });

  it('REL4: Trystero hears the others only', () => {
    const house = new RelayHouse();
    const [ann, bob] = [house.enters(), house.enters()];
    for (const far of [ann, bob]) says(far, { type: 'subscribe', topic: 'garden' });
    says(ann, { type: 'publish', topic: 'garden', payload: 'rain' });
    expect([ann, bob].map(heard)).toEqual([[], [{ topic: 'garden', payload: 'rain' }]]);
  });

  it('REL1: answers pings', () => {
    const ann = new RelayHouse().enters();
    says(ann, { type: 'ping' });
    expect(heard(ann)).toEqual([{ type: 'pong' }]);
  });

  it('REL3: pings, and closes who does not answer', () => {
    const house = new RelayHouse({ pingInterval: 30_000, aliveTimeout: 60_000, sweepInterval: 1 });
    const [ann, bob] = [house.enters(), house.enters()];
    bob.answersPings = false;
    for (let minute = 0; minute < 5; minute++) house.advance(30_000);
    expect([ann.state, bob.closed?.code]).toEqual(['open', 4002]);
  });

  it('REL3: one bad frame costs nothing, a habit one connection', () => {
    const house = new RelayHouse({ malformedPerWindow: 1 });
    const [ann, bob] = [house.enters(), house.enters()];
    ann.send('{');
    expect(ann.state).toBe('open');
    ann.send('{');
    says(bob, { type: 'ping' });
    expect([ann.closed?.code, heard(bob)]).toEqual([1007, [{ type: 'pong' }]]);
  });

  it('REL5: the key names the realm', () => {
    const house = new RelayHouse({ keys: ['red', 'blue'] });
    const [ann, bob, eve] = [house.enters(), house.enters('key=red'), house.enters('key=blue')];
    for (const far of [ann, bob, eve]) says(far, { type: 'subscribe', topics: ['garden'] });
    says(ann, { type: 'publish', topic: 'garden' });
    expect([ann, bob, eve].map((far) => heard(far).length)).toEqual([1, 1, 0]);
    expect(house.enters('key=green').closed?.code).toBe(1008);
  });

  it('T5: who subscribes to too much is closed', () => {
    const ann = new RelayHouse({ topicsPerConnection: 2 }).enters();
    says(ann, { type: 'subscribe', topics: ['a', 'b', 'c'] });
    expect(ann.closed?.code).toBe(1008);
  });

  it('H16: a request without an upgrade is answered 426, and 404 where the dialect is off', () => {
    expect(new TestBroker().transport.connect({ path: '/relay' }).refusal?.status).toBe(404);
    expect(new RelayHouse().transport.http('GET', '/relay').status).toBe(426);
  });
});
