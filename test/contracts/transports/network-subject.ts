import { createServer } from 'node:net';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportSettings } from '../../../src/adapters/transports/shared/settings.ts';
import type { Transport } from '../../../src/application/ports/transport.ts';
import { sendRequest, openStream, openWebSocket, RawConnection, TLS_FILES, type Endpoint } from '../../support/network-client.ts';
import { BOUNDS, type Capabilities, type Capability, type Start } from './fixture.ts';

/* Transports on the loopback interface. */

const LOOPBACK = '127.0.0.1';
const MOMENT = 2;
const PATIENCE = 8_000;

/** The capabilities of a transport that opens its own port on this machine. */
export const ON_THE_NETWORK: Capabilities = {
  bytes: true,
  ownPort: true,
  ownHeads: true,
  handshakeTimeout: true,
  forbiddenPorts: await forbiddenPorts(),
  ipv6: hasIpv6() ? true : 'no: this machine has no IPv6',
  countsIncomplete: true,
  keepsBuffers: 'no: the library frees the fragments of a message',
  closesHugeFrames: true,
  closesInvalidText: true,
};

/** @param dispose ends other resources with the transport that `make` returned. */
export function networkStart(
  make: (settings: TransportSettings) => Promise<{ transport: Transport; dispose?: () => Promise<void> }>,
  { can = ON_THE_NETWORK, isSecure = false }: { can?: Capabilities; isSecure?: boolean } = {},
): Start {
  return async (settings) => {
    const { transport, dispose } = await make({
      host: LOOPBACK,
      port: 0,
      ...BOUNDS,
      ...(isSecure && { tls: TLS_FILES }),
      ...settings,
    });
    return {
      transport,
      can,
      patience: PATIENCE,
      elapse: () => sleep(MOMENT),
      dispose: async () => dispose?.(),
      reach({ port, secure }) {
        const at = (host = LOOPBACK): Endpoint => ({ host, port, secure });
        return {
          connect: (target, { host, headers } = {}) => openWebSocket(at(host), target, headers),
          sendRequest: (method, target, { host, ...options } = {}) => sendRequest(at(host), method, target, options),
          openStream: (method, target, { host, ...options } = {}) =>
            Promise.resolve(openStream(at(host), method, target, options)),
          openRaw: ({ isBare = false } = {}) => RawConnection.open({ ...at(), secure: secure && !isBare }),
        };
      },
    };
  };
}

function hasIpv6(): boolean {
  return Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));
}

async function forbiddenPorts(): Promise<Capability> {
  const probe = createServer();
  probe.listen(1, LOOPBACK);
  return once(probe, 'listening').then(
    () => {
      probe.close();
      return 'no: this process may bind every port';
    },
    ({ code }: NodeJS.ErrnoException) => (code === 'EACCES' ? true : 'no: port 1 is taken on this machine'),
  );
}
