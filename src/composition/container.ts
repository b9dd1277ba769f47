import { Broker } from '../application/broker.ts';
import { Connections } from '../application/connections.ts';
import { Dispatcher } from '../application/dispatcher.ts';
import { Doorkeeper } from '../application/doorkeeper.ts';
import { BrokerGateway } from '../application/gateway.ts';
import { HttpDesk } from '../application/http-desk.ts';
import { LeaseFence } from '../application/lease-fence.ts';
import { Membership } from '../application/membership.ts';
import { Performer } from '../application/perform.ts';
import { Probes } from '../application/probes.ts';
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
import { MemoryBudget } from '../domain/memory-budget.ts';
import { Realms } from '../domain/realms.ts';
import { Visitors } from '../domain/visitors.ts';
import { build, call, construct, derive, given, group, input, members } from './binding.ts';
import type { Surroundings } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { authenticatorOf, buses, clientAddressesOf, dialectsOf, directories, mailboxStores, SINGLE_NODE } from './switchboard.ts';

/** Builds a broker that is ready to listen. */
export function buildBroker(configuration: Config, surroundings: Surroundings): Broker {
  return build(broker, [given(config, configuration), given(environment, surroundings)]);
}

/* Inputs: the options, and what the broker is built around. */
const config = input<Config>('config');
const environment = input<Surroundings>('environment');
const options = members(config);
const { maxUrlBytes, sendBufferBytes, clusterCut, sweepInterval, expireTimeout, allowDiscovery } = options;
const { transport, clock, log, telemetry, tap, peerIds, origins, engine } = members(environment);

/* State and adapters. */
const memory = derive({ config }, (p) => new MemoryBudget(p.config));
const visitorLimits = group({
  ...{ connections: options.maxConnections, connectionsPerAddress: options.maxConnectionsPerAddress },
  ...{ requestsPerWindow: options.httpRateLimit, requestWindow: options.httpRateWindow },
});
const visitors = derive({ visitorLimits, clock }, (p) => new Visitors(p.visitorLimits, p.clock.now()));
const node = derive({ engine }, (p) => p.engine?.node ?? SINGLE_NODE);
const realms = derive(
  { config, node, engine },
  ({ config: { keys, ...limits }, ...p }) => new Realms(keys, p.node, limits, !p.engine),
);
const directory = derive({ engine, clock }, (p) => p.engine?.directory ?? directories.memory(p.clock));
const mailboxes = derive({ engine, config, memory }, (p) => p.engine?.mailboxes ?? mailboxStores.memory(p.config, p.memory));
const bus = derive({ engine, node }, (p) => p.engine?.bus ?? buses.memory(p.node));
const dialects = derive({ config, environment }, (p) => [...(p.environment.moreDialects ?? []), ...dialectsOf(p.config)]);
const authenticator = derive({ config, environment }, (p) => p.environment.authenticator ?? authenticatorOf(p.config));
const addresses = derive({ config }, (p) => clientAddressesOf(p.config));
const connections = derive({ tap, clock }, (p) => new Connections(p.tap, p.clock));

/* What runs the use-cases. */
const turns = derive({ log }, (p) => new Turns((error) => p.log.record({ event: 'fault', error, connection: undefined })));
const sweeper = derive({ clock, sweepInterval }, (p) => new Sweeper(p.clock, p.sweepInterval));
const fence = derive({ directory, clock }, (p) => new LeaseFence(p.directory.lease, p.clock.now()));
const performer = construct(Performer, {
  ...{ connections, directory, mailboxes, bus, clock, turns, sweeper, log, telemetry, clusterCut },
});
const membership = construct(Membership, {
  ...{ node, fence, realms, directory, mailboxes, bus, performer, sweeper, turns, clock, expireTimeout },
});
const doorkeeper = construct(Doorkeeper, {
  ...{ bus, clock, visitors, memory, dialects, origins, addresses, log, maxUrlBytes, clusterCut },
});
const probes = construct(Probes, { doorkeeper, bus, fence, clock });

/* Use-cases that the broker and its entry points call by name. */
const useCases = {
  hearPeer: call(hearPeer, { performer }),
  leaveRealm: call(leaveRealm, { performer, clock, log }),
  publishToTopic: call(publishToTopic, { realms, performer, connections, bus, peerIds, turns, clock }),
  registerPeer: call(registerPeer, {
    ...{ realms, connections, directory, performer, turns, clock, sweeper, log, peerIds },
    ...{ reconnect: call(reconnect, { performer, clock }), admitGuest: call(admitGuest, { performer, clock }) },
  }),
  sweepExpired: call(sweepExpired, { realms, mailboxes, performer, turns, clock, telemetry, log }),
  drainNode: call(drainNode, {
    ...{ transport, doorkeeper, realms, connections, performer, turns, sweeper, clock, log },
    ...{ patience: options.drainTimeout, spread: options.drainSpread },
  }),
};

/* Use-cases that a request calls: frames of connections, then HTTP. */
const frameUseCases = group({
  relay: call(relayMessage, { performer }),
  leave: members(useCases.leaveRealm).byWord,
  join: call(joinTopic, { performer }),
  part: call(leaveTopic, { performer }),
  publish: members(useCases.publishToTopic).fromInside,
});
const dispatcher = construct(Dispatcher, { performer, tap, hearPeer: useCases.hearPeer, useCases: frameUseCases });
const httpUseCases = group({
  'list-peers': call(listPeers, { realms, directory, allowDiscovery }),
  'issue-peer-id': call(issuePeerId, { realms, peerIds }),
  publish: members(useCases.publishToTopic).fromOutside,
  say: call(speakForPeer, { realms, dispatcher, turns, clock }),
});

/* Entry points. */
const httpDesk = construct(HttpDesk, {
  ...{ dialects, realms, visitors, origins, addresses, doorkeeper, authenticator, clock, log, telemetry, probes, maxUrlBytes },
  useCases: httpUseCases,
});
const gateway = construct(BrokerGateway, {
  ...{ dialects, connections, doorkeeper, addresses, httpDesk, dispatcher, performer, turns, clock, log, telemetry, fence },
  ...{ sendBufferBytes, registerPeer: useCases.registerPeer, leaveRealm: useCases.leaveRealm },
});
const broker = construct(Broker, {
  ...{ transport, gateway, connections, sweeper, membership, clock, log },
  ...{ sweepExpired: useCases.sweepExpired, drainNode: useCases.drainNode },
});
