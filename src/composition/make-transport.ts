import type { Log } from '../application/ports/log.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Config } from './configuration/config.ts';
import { listeningHost } from './listening-host.ts';
import { bridges, transports, type BridgeParts } from './adapter-registry.ts';

/**
 * The transport of the options.
 * @param hasBackend A9: whether the embedding program decides which clients may connect.
 * @throws ListenError when its library can't load.
 */
export async function makeTransport(config: Config, log: Log, hasBackend = false): Promise<Transport> {
  const { port, host, tls, maxMessageBytes, sendBufferBytes, handshakeTimeout, keepAliveTimeout, maxHeaderBytes } = config;
  const settings = {
    host: await listeningHost(host, log),
    port,
    ...(tls === undefined ? {} : { tls }),
    maxFrameBytes: maxMessageBytes,
    sendBufferBytes,
    handshakeTimeout,
    keepAliveTimeout,
    maxHeaderBytes,
    uws: config.uws,
  };
  const transport = await transports[config.transport](settings, log);
  if (config.transport === 'auto' && transport.name === 'uws' && config.proxied !== false) {
    log.record({ event: 'proxy-needs-http11', taken: transport.name });
  }
  return bridged(transport, config, { log, hasBackend });
}

/** The transport, within the bridges that the dialects of the options need. */
export function bridged(transport: Transport, config: Config, parts: BridgeParts): Transport {
  return config.dialects.includes('socketio') ? bridges.socketio(transport, config, parts) : transport;
}
