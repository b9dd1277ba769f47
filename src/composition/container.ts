import 'reflect-metadata';
import { Container } from 'inversify';
import { Broker, type BrokerParts } from '../application/broker.ts';
import { Connections } from '../application/connections.ts';
import { Dispatcher, type DispatcherParts } from '../application/dispatcher.ts';
import { Doorkeeper, type DoorkeeperParts } from '../application/doorkeeper.ts';
import { BrokerGateway, type GatewayParts } from '../application/gateway.ts';
import { HttpDesk, type HttpDeskParts } from '../application/http-desk.ts';
import { LeaseFence } from '../application/lease-fence.ts';
import { Membership } from '../application/membership.ts';
import { Performer, type PerformerParts } from '../application/perform.ts';
import type { Authenticator } from '../application/ports/authenticator.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Dialect } from '../application/ports/dialect.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { NodeBus } from '../application/ports/node-bus.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { Transport } from '../application/ports/transport.ts';
import { Probes, type ProbesParts } from '../application/probes.ts';
import { Sweeper } from '../application/sweeper.ts';
import { Turns } from '../application/turns.ts';
import { admitGuest } from '../application/use-cases/admit-guest.ts';
import { drainNode } from '../application/use-cases/drain-node.ts';
import { hearPeer } from '../application/use-cases/hear-peer.ts';
import { issuePeerId } from '../application/use-cases/issue-peer-id.ts';
import { joinTopic } from '../application/use-cases/join-topic.ts';
import { leaveRealm } from '../application/use-cases/leave-realm.ts';
import { leaveTopic } from '../application/use-cases/leave-topic.ts';
import { listPeers } from '../application/use-cases/list-peers.ts';
import { publishToTopic } from '../application/use-cases/publish-to-topic.ts';
import { reconnect } from '../application/use-cases/reconnect.ts';
import { registerPeer } from '../application/use-cases/register-peer.ts';
import { relayMessage } from '../application/use-cases/relay-message.ts';
import { speakForPeer } from '../application/use-cases/speak-for-peer.ts';
import { sweepExpired } from '../application/use-cases/sweep-expired.ts';
import { nodeId, type NodeId } from '../domain/ids.ts';
import { Realms } from '../domain/realms.ts';
import { MemoryBudget } from '../domain/memory-budget.ts';
import { Visitors } from '../domain/visitors.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import type { Config } from './configuration/config.ts';
import { bind, bindParts, bindValue, resolve } from './port.ts';
import * as P from './ports.ts';
import { authenticatorOf, buses, clientAddresses, dialectsOf, directories, mailboxes } from './switchboard.ts';

/** What the nodes of a cluster share, as one of them has it. */
export interface Engine {
  /** Of this process, and of no other one ever. */
  readonly node: NodeId;
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
}

/** What a broker is built around; everything else follows from the configuration. */
export interface Surroundings {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly tap: MessageTap;
  readonly peerIds: PeerIds;
  readonly origins: OriginPolicy;
  /** Wires beside those that the configuration names: they are asked first. */
  readonly moreDialects?: readonly Dialect[];
  readonly authenticator?: Authenticator;
  /** Without one, the node is alone. */
  readonly engine?: Engine | undefined;
}

/** Builds a broker that is ready to listen. */
export function buildBroker(config: Config, surroundings: Surroundings): Broker {
  const container = new Container();
  bindSurroundings(container, config, surroundings);
  bindAdapters(container, surroundings);
  bindEngine(container, surroundings.engine);
  bindCore(container, config, surroundings.engine === undefined);
  bindUseCases(container);
  bindTopics(container);
  bindEdges(container, config);
  return resolve(container, P.BROKER);
}

function bindSurroundings(container: Container, config: Config, surroundings: Surroundings): void {
  bindValue(container, P.CONFIG, config);
  bindValue(container, P.TRANSPORT, surroundings.transport);
  bindValue(container, P.CLOCK, surroundings.clock);
  bindValue(container, P.LOG, surroundings.log);
  bindValue(container, P.TELEMETRY, surroundings.telemetry);
  bindValue(container, P.MESSAGE_TAP, surroundings.tap);
  bindValue(container, P.PEER_IDS, surroundings.peerIds);
  bindValue(container, P.ORIGINS, surroundings.origins);
}

/** A node alone has all in its own memory. */
function bindEngine(container: Container, engine: Engine | undefined): void {
  bindValue(container, P.NODE, engine?.node ?? nodeId('alone'));
  if (engine === undefined) {
    bind(container, P.PEER_DIRECTORY, directories.memory, [P.CLOCK]);
    bind(container, P.MAILBOX_STORE, mailboxes.memory, [P.CONFIG, P.MEMORY_BUDGET]);
    bind(container, P.NODE_BUS, buses.memory, [P.NODE]);
    return;
  }
  bindValue(container, P.PEER_DIRECTORY, engine.directory);
  bindValue(container, P.MAILBOX_STORE, engine.mailboxes);
  bindValue(container, P.NODE_BUS, engine.bus);
}

function bindAdapters(container: Container, { moreDialects = [], authenticator }: Surroundings): void {
  bind(container, P.DIALECTS, (config) => [...moreDialects, ...dialectsOf(config)], [P.CONFIG]);
  bind(container, P.AUTHENTICATOR, (config) => authenticator ?? authenticatorOf(config), [P.CONFIG]);
  bind(container, P.CLIENT_ADDRESSES, (config) => clientAddresses[config.proxied === false ? 'direct' : 'proxied'](config), [
    P.CONFIG,
  ]);
}

function bindCore(container: Container, config: Config, isAlone: boolean): void {
  const visitorLimits = {
    connections: config.maxConnections,
    connectionsPerAddress: config.maxConnectionsPerAddress,
    requestsPerWindow: config.httpRateLimit,
    requestWindow: config.httpRateWindow,
  };
  bind(container, P.REALMS, ({ keys, ...limits }, node) => new Realms(keys, node, limits, isAlone), [P.CONFIG, P.NODE]);
  bind(container, P.MEMORY_BUDGET, (limits) => new MemoryBudget(limits), [P.CONFIG]);
  bind(container, P.VISITORS, (clock) => new Visitors(visitorLimits, clock.now()), [P.CLOCK]);
  bind(container, P.TURNS, (log) => new Turns((error) => log.record({ event: 'fault', error, connection: undefined })), [P.LOG]);
  bind(container, P.SWEEPER, (clock) => new Sweeper(clock, config.sweepInterval), [P.CLOCK]);
  bind(container, P.CONNECTIONS, (tap, clock) => new Connections(tap, clock), [P.MESSAGE_TAP, P.CLOCK]);
  const { clusterCut } = config;
  bindParts(container, P.PERFORMER, (parts: Omit<PerformerParts, 'clusterCut'>) => new Performer({ ...parts, clusterCut }), {
    connections: P.CONNECTIONS,
    directory: P.PEER_DIRECTORY,
    mailboxes: P.MAILBOX_STORE,
    bus: P.NODE_BUS,
    clock: P.CLOCK,
    turns: P.TURNS,
    sweeper: P.SWEEPER,
    log: P.LOG,
    telemetry: P.TELEMETRY,
  });
  bindMembership(container, config);
}

function bindMembership(container: Container, { expireTimeout }: Config): void {
  bind(container, P.LEASE_FENCE, (directory, clock) => new LeaseFence(directory.lease, clock.now()), [P.PEER_DIRECTORY, P.CLOCK]);
  bind(
    container,
    P.MEMBERSHIP,
    (node, fence, realms, directory, mailboxes, bus, performer, sweeper, turns, clock) =>
      new Membership({ node, fence, realms, directory, mailboxes, bus, performer, sweeper, turns, clock, expireTimeout }),
    [
      ...([P.NODE, P.LEASE_FENCE, P.REALMS, P.PEER_DIRECTORY, P.MAILBOX_STORE, P.NODE_BUS] as const),
      ...([P.PERFORMER, P.SWEEPER, P.TURNS, P.CLOCK] as const),
    ],
  );
  bindParts(container, P.PROBES, (parts: ProbesParts) => new Probes(parts), {
    ...{ doorkeeper: P.DOORKEEPER, bus: P.NODE_BUS, fence: P.LEASE_FENCE, clock: P.CLOCK },
  });
}

function bindUseCases(container: Container): void {
  bindParts(container, P.RECONNECT, reconnect, { performer: P.PERFORMER, clock: P.CLOCK });
  bindParts(container, P.ADMIT_GUEST, admitGuest, { performer: P.PERFORMER, clock: P.CLOCK });
  bindParts(container, P.REGISTER_PEER, registerPeer, {
    realms: P.REALMS,
    connections: P.CONNECTIONS,
    directory: P.PEER_DIRECTORY,
    performer: P.PERFORMER,
    turns: P.TURNS,
    clock: P.CLOCK,
    sweeper: P.SWEEPER,
    log: P.LOG,
    peerIds: P.PEER_IDS,
    reconnect: P.RECONNECT,
    admitGuest: P.ADMIT_GUEST,
  });
  bindParts(container, P.HEAR_PEER, hearPeer, { performer: P.PERFORMER });
  bindParts(container, P.RELAY_MESSAGE, relayMessage, { performer: P.PERFORMER });
  bindParts(container, P.LEAVE_REALM, leaveRealm, { performer: P.PERFORMER, clock: P.CLOCK, log: P.LOG });
  bindParts(container, P.SWEEP_EXPIRED, sweepExpired, {
    realms: P.REALMS,
    mailboxes: P.MAILBOX_STORE,
    performer: P.PERFORMER,
    turns: P.TURNS,
    clock: P.CLOCK,
    telemetry: P.TELEMETRY,
    log: P.LOG,
  });
  bindParts(container, P.ISSUE_PEER_ID, issuePeerId, { realms: P.REALMS, peerIds: P.PEER_IDS });
  bind(container, P.LIST_PEERS, (realms, directory, { allowDiscovery }) => listPeers({ realms, directory, allowDiscovery }), [
    P.REALMS,
    P.PEER_DIRECTORY,
    P.CONFIG,
  ]);
  bind(
    container,
    P.DRAIN_NODE,
    (transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log, { drainTimeout, drainSpread }) =>
      drainNode({
        ...{ transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log },
        ...{ patience: drainTimeout, spread: drainSpread },
      }),
    [P.TRANSPORT, P.DOORKEEPER, P.REALMS, P.CONNECTIONS, P.PERFORMER, P.TURNS, P.SWEEPER, P.CLOCK, P.LOG, P.CONFIG],
  );
}

function bindTopics(container: Container): void {
  bindParts(container, P.JOIN_TOPIC, joinTopic, { performer: P.PERFORMER });
  bindParts(container, P.LEAVE_TOPIC, leaveTopic, { performer: P.PERFORMER });
  bindParts(container, P.PUBLISH_TO_TOPIC, publishToTopic, {
    realms: P.REALMS,
    performer: P.PERFORMER,
    connections: P.CONNECTIONS,
    bus: P.NODE_BUS,
    peerIds: P.PEER_IDS,
    turns: P.TURNS,
    clock: P.CLOCK,
  });
  bindParts(container, P.DISPATCHER, (parts: DispatcherParts) => new Dispatcher(parts), {
    performer: P.PERFORMER,
    tap: P.MESSAGE_TAP,
    hearPeer: P.HEAR_PEER,
    relayMessage: P.RELAY_MESSAGE,
    leaveRealm: P.LEAVE_REALM,
    joinTopic: P.JOIN_TOPIC,
    leaveTopic: P.LEAVE_TOPIC,
    publishToTopic: P.PUBLISH_TO_TOPIC,
  });
  bindParts(container, P.SPEAK_FOR_PEER, speakForPeer, {
    realms: P.REALMS,
    dispatcher: P.DISPATCHER,
    turns: P.TURNS,
    clock: P.CLOCK,
  });
}

function bindEdges(container: Container, { maxUrlBytes, sendBufferBytes, clusterCut }: Config): void {
  const doorkeeper = (parts: Omit<DoorkeeperParts, 'maxUrlBytes' | 'clusterCut'>): Doorkeeper =>
    new Doorkeeper({ ...parts, maxUrlBytes, clusterCut });
  bindParts(container, P.DOORKEEPER, doorkeeper, {
    ...{ bus: P.NODE_BUS, clock: P.CLOCK, visitors: P.VISITORS, memory: P.MEMORY_BUDGET },
    dialects: P.DIALECTS,
    ...{ origins: P.ORIGINS, addresses: P.CLIENT_ADDRESSES },
    log: P.LOG,
  });
  bindParts(container, P.HTTP_DESK, (parts: Omit<HttpDeskParts, 'maxUrlBytes'>) => new HttpDesk({ ...parts, maxUrlBytes }), {
    dialects: P.DIALECTS,
    realms: P.REALMS,
    visitors: P.VISITORS,
    origins: P.ORIGINS,
    addresses: P.CLIENT_ADDRESSES,
    doorkeeper: P.DOORKEEPER,
    authenticator: P.AUTHENTICATOR,
    clock: P.CLOCK,
    log: P.LOG,
    telemetry: P.TELEMETRY,
    issuePeerId: P.ISSUE_PEER_ID,
    listPeers: P.LIST_PEERS,
    publishToTopic: P.PUBLISH_TO_TOPIC,
    speakForPeer: P.SPEAK_FOR_PEER,
    probes: P.PROBES,
  });
  bindGatewayAndBroker(container, sendBufferBytes);
}

function bindGatewayAndBroker(container: Container, sendBufferBytes: number): void {
  bindParts(
    container,
    P.GATEWAY,
    (parts: Omit<GatewayParts, 'sendBufferBytes'>) => new BrokerGateway({ ...parts, sendBufferBytes }),
    {
      ...{ dialects: P.DIALECTS, connections: P.CONNECTIONS, doorkeeper: P.DOORKEEPER, httpDesk: P.HTTP_DESK },
      ...{ addresses: P.CLIENT_ADDRESSES, dispatcher: P.DISPATCHER },
      performer: P.PERFORMER,
      turns: P.TURNS,
      clock: P.CLOCK,
      log: P.LOG,
      telemetry: P.TELEMETRY,
      registerPeer: P.REGISTER_PEER,
      leaveRealm: P.LEAVE_REALM,
      fence: P.LEASE_FENCE,
    },
  );
  bindParts(container, P.BROKER, (parts: BrokerParts) => new Broker(parts), {
    transport: P.TRANSPORT,
    gateway: P.GATEWAY,
    connections: P.CONNECTIONS,
    sweeper: P.SWEEPER,
    sweepExpired: P.SWEEP_EXPIRED,
    membership: P.MEMBERSHIP,
    drainNode: P.DRAIN_NODE,
    clock: P.CLOCK,
    log: P.LOG,
  });
}
