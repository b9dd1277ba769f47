import type { AuthorizeOption } from '../adapters/authorizers/function.ts';
import type { Log } from '../application/ports/log.ts';
import type { GivenOptions } from './configuration/config.ts';
import { EmbeddedBroker } from './embedded-broker.ts';
import { type AdaptersOption, resolveParts } from './entry-point-adapters.ts';
import { checkedOptions } from './entry-point-options.ts';
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
export type { BanInEffect, BanOptions, PeersQuery, TracedFrame, TraceOptions } from './operator-methods.ts';
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
export interface BrokerOptions extends GivenOptions, AuthorizeOption, AdaptersOption {
  /** Receives every log event. Without `log`, `logLevel` and `logFormat`, the library logs nothing. */
  readonly log?: Log;
}

/** Builds a broker; `listen()` starts it. @throws ConfigError naming each option, its value and what is allowed. */
export function createBroker(options: BrokerOptions = {}): EmbeddedBroker {
  const { log, authorize, adapters, ...given }: BrokerOptions = checkedOptions('createBroker', options);
  const { config, ...parts } = resolveParts('createBroker', given, { log, authorize, adapters });
  return new EmbeddedBroker(config, { ...parts, makeTransport, authorize });
}
