import type { AuthorizeOption } from '../adapters/authorizers/function.ts';
import { SilentLog } from '../adapters/logs/silent.ts';
import type { Log } from '../application/ports/log.ts';
import { adapterConflicts, checkAdapters } from './adapter-checks.ts';
import type { GivenOptions } from './configuration/config.ts';
import { ConfigError } from './configuration/config-error.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { configFor, checkedOptions } from './entry-point-options.ts';
import type { Adapters } from './given-adapters.ts';
import { isLogAsked, makeLog } from './make-log.ts';
import { makeTransport } from './make-transport.ts';

/* The exports of the package `signalbox`. */

export type { Authorize, AuthorizeOption } from '../adapters/authorizers/function.ts';
export type { AllowAnswer, AuthorizeAnswer, AuthorizeRequest, DenyAnswer } from '../adapters/authorizers/shared/backend-types.ts';
export type { AdapterParts, Adapters, AdapterSource } from './given-adapters.ts';
export type { BrokerEvents } from './embedded-broker.ts';
export type { ConnectedPeer } from './connected-peer.ts';
export type { DisconnectReason, PeerMessage } from './peer-events.ts';
export type { Config, GivenOptions } from './configuration/config.ts';
export type { Log, LogEvent } from '../application/ports/log.ts';
export type { ListeningAddress } from '../application/ports/transport.ts';
export type { DropInOptions, IClient, IConfig, IMessage, PeerServerEvents, PeerServerHandler } from './drop-in-types.ts';
export { MessageType } from './drop-in-types.ts';
export type { BanInEffect, BanOptions, PeersQuery } from './operator-methods.ts';
export type { ActOutcome, PeerDetails, PeerPage, PeerSummary, PeerTarget } from '../application/ports/operations.ts';
export type { Ban } from '../domain/bans.ts';
export type { PeerClient } from './peer-client.ts';
export { ListenError } from '../application/ports/transport.ts';
export { ConfigError } from './configuration/config-error.ts';
export { EmbeddedBroker } from './embedded-broker.ts';
export { ExpressPeerServer, PeerServer } from './drop-in.ts';
export type { PeeroServerEvents } from './peero-server.ts';
export { PeeroServer } from './peero-server.ts';

/** The options of the command line, in either spelling, a function that decides about clients, and the log. */
export interface BrokerOptions extends GivenOptions, AuthorizeOption {
  /** Receives every log event. Without `log`, `logLevel` and `logFormat`, the library logs nothing. */
  readonly log?: Log;
  /** Adapters of your own, each in place of that of the options: docs/adding-an-adapter.md. */
  readonly adapters?: Adapters;
}

/** Builds a broker; `listen()` starts it. @throws ConfigError naming each option, its value and what is allowed. */
export function createBroker(options: BrokerOptions = {}): EmbeddedBroker {
  const { log, authorize, adapters = {}, ...given }: BrokerOptions = checkedOptions('createBroker', options);
  const problems = checkAdapters(adapters);
  if (problems.length > 0) throw new ConfigError(problems);
  const { log: outsideLog, authorizer } = adapters;
  const config = configFor('createBroker', given, authorize, { authorizer });
  const conflicts = adapterConflicts(adapters, { config, authorize, isLogGiven: log !== undefined || isLogAsked(given) });
  if (conflicts.length > 0) throw new ConfigError(conflicts);
  if (log !== undefined && isLogAsked(given)) throw new ConfigError([TWO_LOGS]);
  const usedLog = outsideLog ?? log ?? (isLogAsked(given) ? makeLog(config) : new SilentLog());
  return new EmbeddedBroker(config, { log: usedLog, makeTransport, authorize, adapters });
}

const TWO_LOGS = {
  source: 'log',
  message: 'log is given together with log_level or log_format, which then have no effect: remove one of them',
};
