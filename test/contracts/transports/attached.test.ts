import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { AttachedTransport } from '../../../src/adapters/transports/node/attachment.ts';
import { readCertificate } from '../../../src/adapters/transports/shared/certificate.ts';
import type { TransportSettings } from '../../../src/adapters/transports/shared/settings.ts';
import type { Transport } from '../../../src/application/ports/transport.ts';
import { transportContract } from '../../../src/contracts/transports/contract.ts';
import { networkCapabilities, networkStart } from '../../../src/contracts/transports/network-subject.ts';
import type { Capabilities } from '../../../src/contracts/transports/fixture.ts';
import { CERTIFICATES } from '../../support/tls-files.ts';
import { describeContract } from '../../support/describe-contract.ts';

const NOT_OURS = 'no: the server of the embedding program decides';
const can: Capabilities = {
  ...(await networkCapabilities()),
  ownPort: NOT_OURS,
  ownHeads: NOT_OURS,
  handshakeTimeout: NOT_OURS,
  forbiddenPorts: NOT_OURS,
  certificates: NOT_OURS,
};

async function attached(settings: TransportSettings): Promise<{ transport: Transport; dispose: () => Promise<void> }> {
  const server: Server = settings.tls === undefined ? createServer() : createSecureServer(readCertificate(settings.tls));
  const transport = new AttachedTransport({ ...settings, server, owns: () => true });
  server.on('request', transport.handle);
  server.listen(settings.port, settings.host);
  await once(server, 'listening');
  return {
    transport,
    dispose: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

for (const isSecure of [false, true]) {
  describeContract(
    `transport: ${isSecure ? 'attached with TLS' : 'attached'}`,
    transportContract({ can, start: networkStart(attached, { can, certificates: CERTIFICATES, isSecure }) }),
  );
}
