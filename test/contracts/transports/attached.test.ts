import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { AttachedTransport } from '../../../src/adapters/transports/node/attachment.ts';
import { readCertificate } from '../../../src/adapters/transports/shared/certificate.ts';
import type { TransportSettings } from '../../../src/adapters/transports/shared/settings.ts';
import type { Transport } from '../../../src/application/ports/transport.ts';
import { transportContract } from './contract.ts';
import { networkStart, ON_THE_NETWORK } from './network-subject.ts';
import type { Capabilities } from './fixture.ts';

const NOT_OURS = 'no: the server of the embedding program decides';
const can: Capabilities = {
  ...ON_THE_NETWORK,
  ownPort: NOT_OURS,
  ownHeads: NOT_OURS,
  handshakeTimeout: NOT_OURS,
  forbiddenPorts: NOT_OURS,
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
  transportContract(isSecure ? 'attached with TLS' : 'attached', { can, start: networkStart(attached, { can, isSecure }) });
}
