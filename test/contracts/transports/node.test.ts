import { NodeTransport } from '../../../src/adapters/transports/node/listener.ts';
import { transportContract } from './contract.ts';
import { networkStart, ON_THE_NETWORK } from './network-subject.ts';

for (const isSecure of [false, true]) {
  transportContract(isSecure ? 'node with TLS' : 'node', {
    can: ON_THE_NETWORK,
    start: networkStart((settings) => Promise.resolve({ transport: new NodeTransport(settings) }), { isSecure }),
  });
}
