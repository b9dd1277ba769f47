import type { Log } from '../application/ports/log.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Config } from './configuration/config.ts';
import { listeningHost } from './listening-host.ts';
import { bridges, transports } from './adapter-registry.ts';

/** The transport of the options. @throws ListenError when its library can't load. */
export async function makeTransport(config: Config, log: Log): Promise<Transport> {
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
  return bridged(transport, config, log);
}

/** The transport, within the bridges that the dialects of the options need. */
export function bridged(transport: Transport, config: Config, log: Log): Transport {
  return config.dialects.includes('socketio') ? bridges.socketio(transport, config, log) : transport;
}
