import type { ClientAddresses } from '../application/ports/client-addresses.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Dialect } from '../application/ports/dialect.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import { DirectAddresses } from '../adapters/client-addresses/direct.ts';
import { ProxiedAddresses } from '../adapters/client-addresses/proxied.ts';
import { PeerjsDialect } from '../adapters/dialects/peerjs/dialect.ts';
import { MemoryPeerDirectory } from '../adapters/directories/memory/directory.ts';
import { MemoryMailboxStore } from '../adapters/mailboxes/memory/store.ts';
import { NodeTransport } from '../adapters/transports/node/listener.ts';
import type { TransportSettings } from '../adapters/transports/shared/settings.ts';
import { loadUwsTransport } from '../adapters/transports/uws/listener.ts';
import { ListenError, type Transport } from '../application/ports/transport.ts';
import type { Config } from './configuration/config.ts';

/* The whole wiring on one screen: which adapter serves which port, and what chooses it. */

export const dialects: Record<'peerjs', (config: Config) => Dialect> = {
  peerjs: (config) => new PeerjsDialect(config.path),
};

export const transports: Record<Config['transport'], (settings: TransportSettings, log: Log) => Promise<Transport>> = {
  uws: loadUwsTransport,
  node: (settings) => Promise.resolve(new NodeTransport(settings)),
  auto: (settings, log) =>
    loadUwsTransport(settings).catch((error: unknown) => {
      if (!(error instanceof ListenError) || error.refusal.reason !== 'transport-unavailable') throw error;
      log.record({ event: 'transport-unavailable', wanted: 'uws', taken: 'node', detail: error.refusal.detail });
      return new NodeTransport(settings);
    }),
};

export const directories: Record<'memory', (clock: Clock) => PeerDirectory> = {
  memory: (clock) => new MemoryPeerDirectory(clock),
};

export const mailboxes: Record<'memory', (config: Config) => MailboxStore> = {
  memory: (config) => new MemoryMailboxStore(config),
};

export const clientAddresses: Record<'direct' | 'proxied', (config: Config) => ClientAddresses> = {
  direct: () => new DirectAddresses(),
  proxied: (config) => new ProxiedAddresses(config.proxied),
};
