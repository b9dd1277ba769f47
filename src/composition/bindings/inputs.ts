import { EventJournal } from '../../application/event-journal.ts';
import { MessageTraces } from '../../application/message-traces.ts';
import { construct, derive, input, members } from '../binding.ts';
import type { BrokerEnvironment } from '../broker-environment.ts';
import type { Config } from '../configuration/config.ts';

/* Inputs: the options and the environment. Each binding lists its needs; the compiler checks their names and types. */
export const config = input<Config>('config');
export const environment = input<BrokerEnvironment>('environment');
export const options = members(config);
export const maxUrlBytes = options.maxUrlBytes;
export const sendBufferBytes = options.sendBufferBytes;
export const maxMessageBytes = options.maxMessageBytes;
export const clusterCut = options.clusterCut;
export const sweepInterval = options.sweepInterval;
export const expireTimeout = options.expireTimeout;
export const allowDiscovery = options.allowDiscovery;
const parts = members(environment);
export const transport = parts.transport;
export const clock = parts.clock;
export const telemetry = parts.telemetry;
export const peerIds = parts.peerIds;
export const origins = parts.origins;
export const engine = parts.engine;
export const unixTime = derive({ environment }, (p) => p.environment.unixTime ?? Date.now);
export const log = construct(EventJournal, { log: parts.log, clock });
export const traces = construct(MessageTraces, { tap: parts.tap, clock });
