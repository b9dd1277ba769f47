import { describe, expect, it } from 'vitest';
import { RelayDialect } from '../../../../../src/adapters/dialects/relay/dialect.ts';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import type { Config } from '../../../../../src/composition/configuration/config.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

class RelayBroker extends TestBroker {
  constructor(config: Partial<Config> = {}) {
    let count = 0;
    super({ dialects: ['relay'], ...config }, { peerIds: { generate: () => `id${++count}` } });
  }

  connect(query = ''): MemoryClient {
    return this.transport.connect({ path: '/relay', query });
  }
}

const send = (client: MemoryClient, message: object): void => client.send(JSON.stringify(message));
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
    const broker = new RelayBroker();
    const [ann, bob, eve] = [broker.connect(), broker.connect(), broker.connect()];
    for (const client of [ann, bob]) send(client, { type: 'subscribe', topics: ['garden', 'house'] });
    send(eve, { type: 'subscribe', topics: ['street'] });
    send(ann, { type: 'publish', topic: 'garden', data: [1] });
    const publication = { type: 'publish', topic: 'garden', data: [1], clients: 2 };
    expect([ann, bob, eve].map(received)).toEqual([[publication], [publication], []]);
    send(bob, { type: 'unsubscribe', topics: ['garden'] });
    send(eve, { type: 'publish', topic: 'garden' });
    expect([received(ann).at(-1), received(bob).length]).toEqual([{ type: 'publish', topic: 'garden', clients: 1 }, 1]);
  });

  it('REL4: sends a Trystero publication to the other subscribers only', () => {
    const broker = new RelayBroker();
    const [ann, bob] = [broker.connect(), broker.connect()];
    for (const client of [ann, bob]) send(client, { type: 'subscribe', topic: 'garden' });
    send(ann, { type: 'publish', topic: 'garden', payload: 'rain' });
    expect([ann, bob].map(received)).toEqual([[], [{ topic: 'garden', payload: 'rain' }]]);
  });

  it('REL1: answers pings', () => {
    const ann = new RelayBroker().connect();
    send(ann, { type: 'ping' });
    expect(received(ann)).toEqual([{ type: 'pong' }]);
  });

  it('REL3: sends pings, and closes a connection that does not answer', () => {
    const broker = new RelayBroker({ pingInterval: 30_000, aliveTimeout: 60_000, sweepInterval: 1 });
    const [ann, bob] = [broker.connect(), broker.connect()];
    bob.answersPings = false;
    for (let minute = 0; minute < 5; minute++) broker.advance(30_000);
    expect([ann.state, bob.closed?.code]).toEqual(['open', 4002]);
  });

  it('REL3: allows one malformed frame, and closes the connection after a second one', () => {
    const broker = new RelayBroker({ malformedPerWindow: 1 });
    const [ann, bob] = [broker.connect(), broker.connect()];
    ann.send('{');
    expect(ann.state).toBe('open');
    ann.send('{');
    send(bob, { type: 'ping' });
    expect([ann.closed?.code, received(bob)]).toEqual([1007, [{ type: 'pong' }]]);
  });

  it('A2, REL5: passes the token of the URL to the authorizer', () => {
    const dialect = new RelayDialect('/relay');
    expect(dialect.connectRequest('key=a&token=t')).toMatchObject({ key: 'a', token: 't' });
    expect(dialect.connectRequest('')).toMatchObject({ key: undefined, token: undefined });
  });

  it('REL5: selects the realm by the key', () => {
    const broker = new RelayBroker({ keys: ['red', 'blue'] });
    const [ann, bob, eve] = [broker.connect(), broker.connect('key=red'), broker.connect('key=blue')];
    for (const client of [ann, bob, eve]) send(client, { type: 'subscribe', topics: ['garden'] });
    send(ann, { type: 'publish', topic: 'garden' });
    expect([ann, bob, eve].map((client) => received(client).length)).toEqual([1, 1, 0]);
    expect(broker.connect('key=green').closed?.code).toBe(1008);
  });

  it('T5: closes a connection that subscribes to too many topics', () => {
    const ann = new RelayBroker({ topicsPerConnection: 2 }).connect();
    send(ann, { type: 'subscribe', topics: ['a', 'b', 'c'] });
    expect(ann.closed?.code).toBe(1008);
  });

  it('H16: answers 426 to a request without an upgrade, and 404 if the dialect is off', () => {
    expect(new TestBroker().transport.connect({ path: '/relay' }).refusal?.status).toBe(404);
    expect(new RelayBroker().transport.http('GET', '/relay').status).toBe(426);
  });
});
