import type { Log } from '../application/ports/log.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Config } from './configuration/config.ts';
import type { Millis } from '../domain/time.ts';
import { sourcesOf } from './configuration/option-sources.ts';
import { listeningHost } from './listening-host.ts';
import { valueIn } from './options-in-effect.ts';
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
    isShared: config.workers !== 1,
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
  if (transport.name === 'uws') warnOfFixedTimeouts(config, log);
  return bridged(transport, config, { log, hasBackend });
}

/** The timeouts of uWebSockets.js, which no option changes. */
const FIXED_TIMEOUT: Millis = 10_000;

function warnOfFixedTimeouts(config: Config, log: Log): void {
  const sourceOf = sourcesOf(config);
  for (const name of ['handshake_timeout', 'keep_alive_timeout'] as const) {
    const option = sourceOf(name);
    if (option === undefined || valueIn(config, name) === FIXED_TIMEOUT) continue;
    log.record({ event: 'option-ineffective', option, taken: 'uws', fixed: FIXED_TIMEOUT });
  }
}

/** The transport, within the bridges that the dialects of the options need. */
export function bridged(transport: Transport, config: Config, parts: BridgeParts): Transport {
  return config.dialects.includes('socketio') ? bridges.socketio(transport, config, parts) : transport;
}
