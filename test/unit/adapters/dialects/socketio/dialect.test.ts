import { describe, expect, it } from 'vitest';
import { SocketIoDialect } from '../../../../../src/adapters/dialects/socketio/dialect.ts';
import type { MemoryClient } from '../../../../../src/adapters/transports/memory/listener.ts';
import { TestBroker } from '../../../../support/test-broker.ts';

const startBroker = (): TestBroker => {
  let count = 0;
  return new TestBroker(
    { dialects: ['socketio', 'mercure'], mercureOpen: true, keys: ['red', 'blue'] },
    { peerIds: { generate: () => `id${++count}` } },
  );
};
const send = (client: MemoryClient, ...line: unknown[]): void => client.send(JSON.stringify(line));
/** The lines after the welcome. */
const received = ({ received: lines }: MemoryClient): unknown[] => lines.slice(1).map((line) => JSON.parse(line) as unknown);

describe('the Socket.IO dialect', () => {
  it('SIO1, SIO2, SIO3: sends publications to all other subscribers, and receipts for each change', () => {
    const { transport } = startBroker();
    const [ann, bob] = [transport.connect({ path: '/socket.io/' }), transport.connect({ path: '/socket.io/' })];
    for (const client of [ann, bob]) send(client, 'subscribe', 'garden', 1);
    send(ann, 'publish', 'garden', 'AQID', 2);
    send(bob, 'unsubscribe', 'garden', 2);
    send(ann, 'publish', 'garden', 'AQID');
    expect([received(ann), received(bob)]).toEqual([
      [
        ['receipt', 1],
        ['receipt', 2],
      ],
      [
        ['receipt', 1],
        ['message', 'garden', 'AQID'],
        ['receipt', 2],
      ],
    ]);
  });

  it('SIO5: exchanges publications with Mercure', () => {
    const { transport } = startBroker();
    const ann = transport.connect({ path: '/socket.io/' });
    send(ann, 'subscribe', 'garden');
    const bob = transport.stream('GET', '/.well-known/mercure?topic=garden');
    send(ann, 'publish', 'garden', 'AQID');
    for (const data of ['BAUG', 'no base64']) {
      transport.request('POST', '/.well-known/mercure', { body: new URLSearchParams({ topic: 'garden', data }).toString() });
      transport.settle();
    }
    expect([bob.received.some((text) => text.includes('data: AQID')), received(ann)]).toEqual([
      true,
      [['message', 'garden', 'BAUG']],
    ]);
  });

  it('SIO6: sends a client its id, or the reason of a refusal', () => {
    const { transport } = startBroker();
    expect(transport.connect({ path: '/socket.io/' }).received).toEqual(['["welcome","id1"]']);
    const refused = transport.connect({ path: '/socket.io/', query: 'key=nobody' });
    expect([refused.received, refused.closed?.code]).toEqual([['["refused","Invalid key provided",1008]'], 1008]);
  });

  it('A6, SIO10: the text of a refusal is whole, and its close reason fits into a close frame', () => {
    const message = 'x'.repeat(120);
    const { frame, ...close } = new SocketIoDialect('/socket.io').refusal({ reason: 'not-admitted', message });
    expect([String(frame), close]).toEqual([`["refused","${message}",4403]`, { code: 4403, why: 'Not allowed' }]);
  });

  it('SIO6: handles stay, leave and forbidden', () => {
    const broker = startBroker();
    const ann = broker.transport.connect({ path: '/socket.io/' });
    send(ann, 'stay');
    send(ann, 'forbidden');
    expect([ann.state, broker.counts()]).toEqual(['open', { 'ignored:not-allowed': 1 }]);
    send(ann, 'leave');
    expect(ann.closed?.code).toBe(1000);
  });

  it('SIO7: refuses a handshake for an unknown or full realm with a status', () => {
    const broker = new TestBroker({ dialects: ['socketio'], keys: ['red'], concurrentLimit: 0 });
    expect(broker.transport.http('GET', '/socket.io/?key=blue')).toMatchObject({ status: 404, body: 'Invalid key provided' });
    expect(broker.transport.http('GET', '/socket.io?key=red').status).toBe(503);
    expect(['HEAD', 'PUT', 'OPTIONS'].map((method) => broker.transport.http(method, '/socket.io/').status)).toEqual([
      405, 405, 204,
    ]);
  });

  it('SIO7: selects the realm by the key', () => {
    const { transport } = startBroker();
    const [ann, bob] = [
      transport.connect({ path: '/socket.io/', query: 'key=blue' }),
      transport.connect({ path: '/socket.io/' }),
    ];
    for (const client of [ann, bob]) send(client, 'subscribe', 'garden');
    send(ann, 'publish', 'garden', 'AQID');
    expect(received(bob)).toEqual([]);
  });
});
