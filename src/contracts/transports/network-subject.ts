import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TransportSettings } from '../../adapters/transports/shared/settings.ts';
import type { Transport } from '../../application/ports/transport.ts';
import { sendRequest, openStream, openWebSocket, RawConnection, type Endpoint } from './network-client.ts';
import type { Capability } from '../contract-test.ts';
import { BOUNDS, type Capabilities, type Start, type TestCertificates } from './fixture.ts';

/* Transports on the loopback interface. */

const LOOPBACK = '127.0.0.1';
const MOMENT = 2;
const PATIENCE = 8_000;

/** The capabilities of a transport that opens its own port on this machine, and reads its certificates from files. */
export async function networkCapabilities(): Promise<Capabilities> {
  return {
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
    certificates: true,
  };
}

/** How the transport is tested. */
export interface NetworkOptions {
  readonly can: Capabilities;
  /** Needed by the capability `certificates`, and with `isSecure`. */
  readonly certificates?: TestCertificates | undefined;
  /** Whether all clauses use TLS. */
  readonly isSecure?: boolean;
}

/** @param dispose ends other resources with the transport that `make` returned. */
export function networkStart(
  make: (settings: TransportSettings) => Promise<{ transport: Transport; dispose?: () => Promise<void> }>,
  { can, certificates, isSecure = false }: NetworkOptions,
): Start {
  const trusted = [certificates?.files, certificates?.renewed].flatMap((files) =>
    files === undefined ? [] : [readFileSync(files.certFile, 'utf8')],
  );
  return async (settings) => {
    const { transport, dispose } = await make({
      host: LOOPBACK,
      port: 0,
      ...BOUNDS,
      ...(isSecure && certificates && { tls: certificates.files }),
      ...settings,
    });
    return {
      transport,
      can,
      certificates,
      patience: PATIENCE,
      elapse: () => sleep(MOMENT),
      dispose: async () => dispose?.(),
      reach({ port, secure }) {
        const at = (host = LOOPBACK): Endpoint => ({ host, port, secure, trusted });
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
