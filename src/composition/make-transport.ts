import type { Log } from '../application/ports/log.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { Config } from './config.ts';
import { transports } from './switchboard.ts';

/** The transport that the configuration asks for. @throws ListenError where it can't load. */
export function makeTransport(config: Config, log: Log): Promise<Transport> {
  const { host, port, tls, maxMessageBytes, sendBufferBytes, handshakeTimeout, maxHeaderBytes } = config;
  const settings = {
    host,
    port,
    ...(tls === undefined ? {} : { tls }),
    maxFrameBytes: maxMessageBytes,
    sendBufferBytes,
    handshakeTimeout,
    maxHeaderBytes,
  };
  return transports[config.transport](settings, log);
}
