import { SilentLog } from '../adapters/logs/silent.ts';
import type { Log } from '../application/ports/log.ts';
import type { GivenOptions } from './configuration/config.ts';
import { ConfigError } from './configuration/config-error.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { configFor, checkedOptions } from './entry-point-options.ts';
import { isLogAsked, makeLog } from './make-log.ts';
import { makeTransport } from './make-transport.ts';

/* What `import … from 'signalbox'` gives. */

export type { BrokerEvents } from './embedded-broker.ts';
export type { ConnectedPeer } from './connected-peer.ts';
export type { DisconnectReason, PeerMessage } from './peer-events.ts';
export type { Config, GivenOptions } from './configuration/config.ts';
export type { Log, LogEvent } from '../application/ports/log.ts';
export type { ListeningAddress } from '../application/ports/transport.ts';
export type { DropInOptions, PeerServerEvents, PeerServerHandler } from './drop-in.ts';
export type { PeerClient } from './peer-client.ts';
export { ListenError } from '../application/ports/transport.ts';
export { ConfigError } from './configuration/config-error.ts';
export { EmbeddedBroker } from './embedded-broker.ts';
export { ExpressPeerServer, PeerServer } from './drop-in.ts';
export type { PeeroServerEvents } from './peero-server.ts';
export { PeeroServer } from './peero-server.ts';

/** Options of the command line by either spelling, and where the log goes. */
export interface BrokerOptions extends GivenOptions {
  /** Gets every lifecycle event. Without it, and without `logLevel` and `logFormat`, the library is silent. */
  readonly log?: Log;
}

/** Builds a broker; `listen()` starts it. @throws ConfigError naming each option, its value and what is allowed. */
export function createBroker(options: BrokerOptions = {}): EmbeddedBroker {
  const { log, ...given }: BrokerOptions = checkedOptions('createBroker', options);
  const config = configFor('createBroker', given);
  const speaks = isLogAsked(given);
  if (log !== undefined && speaks) throw new ConfigError([TWO_LOGS]);
  return new EmbeddedBroker(config, { log: log ?? (speaks ? makeLog(config) : new SilentLog()), makeTransport });
}

const TWO_LOGS = {
  source: 'log',
  message: 'log is given beside log_level or log_format, which have no effect then: leave one of them out',
};
