import { describe, expect, it } from 'vitest';
import type { MemoryFarEnd } from '../../../../../src/adapters/transports/memory/listener.ts';
import { House } from '../../../../support/house.ts';

const house = (): House => {
  let count = 0;
  return new House(
    { dialects: ['socketio', 'mercure'], mercureOpen: true, keys: ['red', 'blue'] },
    { peerIds: { fresh: () => `id${++count}` } },
  );
};
const says = (far: MemoryFarEnd, ...line: unknown[]): void => far.send(JSON.stringify(line));
const heard = ({ heard: lines }: MemoryFarEnd): unknown[] => lines.map((line) => JSON.parse(line) as unknown);

describe('Socket.IO, in lines', () => {
  it('SIO1, SIO2, SIO3: everybody else hears, and what was asked for is acknowledged when it holds', () => {
    const { transport } = house();
    const [ann, bob] = [transport.connect({ path: '/socket.io/' }), transport.connect({ path: '/socket.io/' })];
    for (const far of [ann, bob]) says(far, 'subscribe', 'garden', 1);
    says(ann, 'publish', 'garden', 'AQID', 2);
    says(bob, 'unsubscribe', 'garden', 2);
    says(ann, 'publish', 'garden', 'AQID');
    expect([heard(ann), heard(bob)]).toEqual([
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

  it('SIO5: peers of Mercure and of Socket.IO meet', () => {
    const { transport } = house();
    const ann = transport.connect({ path: '/socket.io/' });
    says(ann, 'subscribe', 'garden');
    const bob = transport.stream('GET', '/.well-known/mercure?topic=garden');
    says(ann, 'publish', 'garden', 'AQID');
    for (const data of ['BAUG', 'no base64']) {
      transport.request('POST', '/.well-known/mercure', { body: new URLSearchParams({ topic: 'garden', data }).toString() });
      transport.settle();
    }
    expect([bob.heard.some((text) => text.includes('data: AQID')), heard(ann)]).toEqual([true, [['message', 'garden', 'BAUG']]]);
  });

  it('SIO7: the key names the realm', () => {
    const { transport } = house();
    const [ann, bob] = [
      transport.connect({ path: '/socket.io/', query: 'key=blue' }),
      transport.connect({ path: '/socket.io/' }),
    ];
    for (const far of [ann, bob]) says(far, 'subscribe', 'garden');
    says(ann, 'publish', 'garden', 'AQID');
    expect(heard(bob)).toEqual([]);
  });
});
