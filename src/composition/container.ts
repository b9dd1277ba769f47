import 'reflect-metadata';
import { Container } from 'inversify';
import { Broker } from '../application/broker.ts';
import { Connections } from '../application/connections.ts';
import { Doorkeeper } from '../application/doorkeeper.ts';
import { BrokerGateway } from '../application/gateway.ts';
import { HttpDesk } from '../application/http-desk.ts';
import { Performer } from '../application/perform.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { Log } from '../application/ports/log.ts';
import type { MessageTap } from '../application/ports/message-tap.ts';
import type { PeerIds } from '../application/ports/peer-ids.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { Transport } from '../application/ports/transport.ts';
import { Sweeper } from '../application/sweeper.ts';
import { Turns } from '../application/turns.ts';
import { drainNode } from '../application/use-cases/drain-node.ts';
import { hearPeer } from '../application/use-cases/hear-peer.ts';
import { issuePeerId } from '../application/use-cases/issue-peer-id.ts';
import { leaveRealm } from '../application/use-cases/leave-realm.ts';
import { listPeers } from '../application/use-cases/list-peers.ts';
import { reconnect } from '../application/use-cases/reconnect.ts';
import { registerPeer } from '../application/use-cases/register-peer.ts';
import { relayMessage } from '../application/use-cases/relay-message.ts';
import { sweepExpired } from '../application/use-cases/sweep-expired.ts';
import { nodeId } from '../domain/ids.ts';
import { Realms } from '../domain/realms.ts';
import { Visitors } from '../domain/visitors.ts';
import type { OriginPolicy } from '../domain/origins.ts';
import type { Config } from './configuration/config.ts';
import { bind, bindValue, resolve } from './port.ts';
import * as P from './ports.ts';
import { clientAddresses, dialects, directories, mailboxes } from './switchboard.ts';

/** What a broker is built around; everything else follows from the configuration. */
export interface Surroundings {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly tap: MessageTap;
  readonly peerIds: PeerIds;
  readonly origins: OriginPolicy;
}

/** Builds a broker that is ready to listen. */
export function buildBroker(config: Config, surroundings: Surroundings): Broker {
  const container = new Container();
  bindSurroundings(container, config, surroundings);
  bindAdapters(container);
  bindCore(container, config);
  bindUseCases(container);
  bindEdges(container);
  return resolve(container, P.BROKER);
}

function bindSurroundings(container: Container, config: Config, surroundings: Surroundings): void {
  bindValue(container, P.CONFIG, config);
  bindValue(container, P.NODE, nodeId('alone'));
  bindValue(container, P.TRANSPORT, surroundings.transport);
  bindValue(container, P.CLOCK, surroundings.clock);
  bindValue(container, P.LOG, surroundings.log);
  bindValue(container, P.TELEMETRY, surroundings.telemetry);
  bindValue(container, P.MESSAGE_TAP, surroundings.tap);
  bindValue(container, P.PEER_IDS, surroundings.peerIds);
  bindValue(container, P.ORIGINS, surroundings.origins);
}

function bindAdapters(container: Container): void {
  bind(container, P.PEER_DIRECTORY, directories.memory, [P.CLOCK]);
  bind(container, P.MAILBOX_STORE, mailboxes.memory, [P.CONFIG]);
  bind(container, P.DIALECTS, (config) => [dialects.peerjs(config)], [P.CONFIG]);
  bind(container, P.CLIENT_ADDRESSES, (config) => clientAddresses[config.proxied === false ? 'direct' : 'proxied'](config), [
    P.CONFIG,
  ]);
}

function bindCore(container: Container, config: Config): void {
  const visitorLimits = {
    connections: config.maxConnections,
    connectionsPerAddress: config.maxConnectionsPerAddress,
    requestsPerWindow: config.httpRateLimit,
    requestWindow: config.httpRateWindow,
  };
  bind(container, P.REALMS, ({ keys, ...limits }, node) => new Realms(keys, node, limits), [P.CONFIG, P.NODE]);
  bind(container, P.VISITORS, (clock) => new Visitors(visitorLimits, clock.now()), [P.CLOCK]);
  bind(container, P.TURNS, (log) => new Turns((error) => log.record({ event: 'fault', error, connection: undefined })), [P.LOG]);
  bind(container, P.SWEEPER, (clock) => new Sweeper(clock, config.sweepInterval), [P.CLOCK]);
  bind(container, P.CONNECTIONS, () => new Connections(), []);
  bind(
    container,
    P.PERFORMER,
    (connections, directory, mailboxStore, clock, turns, sweeper, log, telemetry) =>
      new Performer({ connections, directory, mailboxes: mailboxStore, clock, turns, sweeper, log, telemetry }),
    [P.CONNECTIONS, P.PEER_DIRECTORY, P.MAILBOX_STORE, P.CLOCK, P.TURNS, P.SWEEPER, P.LOG, P.TELEMETRY],
  );
}

function bindUseCases(container: Container): void {
  bind(container, P.RECONNECT, (performer, clock) => reconnect({ performer, clock }), [P.PERFORMER, P.CLOCK]);
  bind(
    container,
    P.REGISTER_PEER,
    (realms, connections, directory, performer, turns, clock, sweeper, log, takeOver) =>
      registerPeer({ realms, connections, directory, performer, turns, clock, sweeper, log, reconnect: takeOver }),
    [P.REALMS, P.CONNECTIONS, P.PEER_DIRECTORY, P.PERFORMER, P.TURNS, P.CLOCK, P.SWEEPER, P.LOG, P.RECONNECT],
  );
  bind(container, P.HEAR_PEER, (performer) => hearPeer({ performer }), [P.PERFORMER]);
  bind(container, P.RELAY_MESSAGE, (performer) => relayMessage({ performer }), [P.PERFORMER]);
  bind(container, P.LEAVE_REALM, (performer, clock, log) => leaveRealm({ performer, clock, log }), [P.PERFORMER, P.CLOCK, P.LOG]);
  bind(
    container,
    P.SWEEP_EXPIRED,
    (realms, mailboxStore, performer, turns, clock, telemetry) =>
      sweepExpired({ realms, mailboxes: mailboxStore, performer, turns, clock, telemetry }),
    [P.REALMS, P.MAILBOX_STORE, P.PERFORMER, P.TURNS, P.CLOCK, P.TELEMETRY],
  );
  bind(container, P.ISSUE_PEER_ID, (realms, peerIds) => issuePeerId({ realms, peerIds }), [P.REALMS, P.PEER_IDS]);
  bind(container, P.LIST_PEERS, (realms, { allowDiscovery }) => listPeers({ realms, allowDiscovery }), [P.REALMS, P.CONFIG]);
  bind(
    container,
    P.DRAIN_NODE,
    (transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log, { drainTimeout }) =>
      drainNode({ transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log, patience: drainTimeout }),
    [P.TRANSPORT, P.DOORKEEPER, P.REALMS, P.CONNECTIONS, P.PERFORMER, P.TURNS, P.SWEEPER, P.CLOCK, P.LOG, P.CONFIG],
  );
}

function bindEdges(container: Container): void {
  bind(
    container,
    P.DOORKEEPER,
    (all, visitors, origins, addresses, log, { maxUrlBytes }) =>
      new Doorkeeper({ dialects: all, visitors, origins, addresses, log, maxUrlBytes }),
    [P.DIALECTS, P.VISITORS, P.ORIGINS, P.CLIENT_ADDRESSES, P.LOG, P.CONFIG],
  );
  bind(
    container,
    P.HTTP_DESK,
    (all, visitors, origins, addresses, clock, telemetry, issue, list, { maxUrlBytes }) =>
      new HttpDesk({
        dialects: all,
        visitors,
        origins,
        addresses,
        clock,
        telemetry,
        issuePeerId: issue,
        listPeers: list,
        maxUrlBytes,
      }),
    [P.DIALECTS, P.VISITORS, P.ORIGINS, P.CLIENT_ADDRESSES, P.CLOCK, P.TELEMETRY, P.ISSUE_PEER_ID, P.LIST_PEERS, P.CONFIG],
  );
  bindGateway(container);
  bind(
    container,
    P.BROKER,
    (transport, gateway, connections, sweeper, sweep, drain, clock, log) =>
      new Broker({ transport, gateway, connections, sweeper, sweepExpired: sweep, drainNode: drain, clock, log }),
    [P.TRANSPORT, P.GATEWAY, P.CONNECTIONS, P.SWEEPER, P.SWEEP_EXPIRED, P.DRAIN_NODE, P.CLOCK, P.LOG],
  );
}

function bindGateway(container: Container): void {
  bind(
    container,
    P.GATEWAY,
    (all, connections, doorkeeper, httpDesk, performer, turns, clock, log, telemetry, tap, register, hear, relay, leave) =>
      new BrokerGateway({
        dialects: all,
        connections,
        doorkeeper,
        httpDesk,
        performer,
        turns,
        clock,
        log,
        telemetry,
        tap,
        registerPeer: register,
        hearPeer: hear,
        relayMessage: relay,
        leaveRealm: leave,
      }),
    [
      P.DIALECTS,
      P.CONNECTIONS,
      P.DOORKEEPER,
      P.HTTP_DESK,
      P.PERFORMER,
      P.TURNS,
      P.CLOCK,
      P.LOG,
      P.TELEMETRY,
      P.MESSAGE_TAP,
      P.REGISTER_PEER,
      P.HEAR_PEER,
      P.RELAY_MESSAGE,
      P.LEAVE_REALM,
    ],
  );
}
