import os from 'node:os';
import type { Log } from '../application/ports/log.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Config } from './configuration/config.ts';
import { companions, transports } from './switchboard.ts';

/** The transport that the configuration asks for. @throws ListenError where it can't load. */
export async function makeTransport(config: Config, log: Log): Promise<Transport> {
  const { port, tls, maxMessageBytes, sendBufferBytes, handshakeTimeout, maxHeaderBytes } = config;
  const settings = {
    host: hostOf(config),
    port,
    ...(tls === undefined ? {} : { tls }),
    maxFrameBytes: maxMessageBytes,
    sendBufferBytes,
    handshakeTimeout,
    maxHeaderBytes,
    ...(config.dialects.includes('socketio') && { companion: await companions.socketio(config) }),
  };
  return transports[config.transport](settings, log);
}

/** `::` takes IPv4 along; where a machine has no IPv6 at all, it takes nothing, and IPv4 alone is what was meant. */
function hostOf({ host }: Config): string {
  if (host !== '::') return host;
  const hasIpv6 = Object.values(os.networkInterfaces()).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));
  return hasIpv6 ? host : '0.0.0.0';
}
