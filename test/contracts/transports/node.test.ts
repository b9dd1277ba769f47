import { NodeTransport } from '../../../src/adapters/transports/node/listener.ts';
import { transportContract } from '../../../src/contracts/transports/contract.ts';
import { networkCapabilities, networkStart } from '../../../src/contracts/transports/network-subject.ts';
import { CERTIFICATES } from '../../support/tls-files.ts';
import { describeContract } from '../../support/describe-contract.ts';

const can = await networkCapabilities();

for (const isSecure of [false, true]) {
  describeContract(
    `transport: ${isSecure ? 'node with TLS' : 'node'}`,
    transportContract({
      can,
      start: networkStart((settings) => Promise.resolve({ transport: new NodeTransport(settings) }), {
        can,
        certificates: CERTIFICATES,
        isSecure,
      }),
    }),
  );
}
