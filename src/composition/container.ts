import { Broker } from '../application/broker.ts';
import { registerGauges } from '../application/broker-gauges.ts';
import { ActivityMeter } from '../application/activity-meter.ts';
import { BanningAuthorizer } from '../application/banning-authorizer.ts';
import { CountedAuthorizer } from '../application/counted-authorizer.ts';
import { Connections } from '../application/connections.ts';
import { DiagnosticConnections } from '../application/diagnostic-connections.ts';
import { Dispatcher } from '../application/dispatcher.ts';
import { AdmissionControl } from '../application/admission-control.ts';
import { EventJournal } from '../application/event-journal.ts';
import { BrokerGateway } from '../application/gateway.ts';
import { IcePush } from '../application/ice-push.ts';
import { countHandshakes } from '../application/handshake-counters.ts';
import { grantToEverybody, grantToOwners } from '../application/ice-grants.ts';
import { HttpController } from '../application/http-controller.ts';
import { LeaseFence } from '../application/lease-fence.ts';
import { Membership } from '../application/membership.ts';
import { MeteredBus } from '../application/metered-bus.ts';
import { MeteredGateway } from '../application/metered-gateway.ts';
import { MessageTraces } from '../application/message-traces.ts';
import { NodeOperations } from '../application/node-operations.ts';
import { MetricsEndpoint } from '../application/metrics-endpoint.ts';
import { Performer } from '../application/performer.ts';
import { Probes } from '../application/probes.ts';
import { RealmLabels } from '../application/realm-labels.ts';
import { requestAccess } from '../application/request-access.ts';
import { RecentReleases } from '../application/recent-releases.ts';
import { Sweeper } from '../application/sweeper.ts';
import { Turns } from '../application/turns.ts';
import { admitGuest } from '../application/use-cases/admit-guest.ts';
import { banClient } from '../application/use-cases/ban-client.ts';
import { describeNode } from '../application/use-cases/describe-node.ts';
import { checkCredentials } from '../application/use-cases/check-credentials.ts';
import { drainNode } from '../application/use-cases/drain-node.ts';
import { expelPeer } from '../application/use-cases/expel-peer.ts';
import { recordFrame } from '../application/use-cases/record-frame.ts';
import { issueIceServers } from '../application/use-cases/issue-ice-servers.ts';
import { issuePeerId } from '../application/use-cases/issue-peer-id.ts';
import { inspectPeer } from '../application/use-cases/inspect-peer.ts';
import { joinTopic } from '../application/use-cases/join-topic.ts';
import { leaveRealm } from '../application/use-cases/leave-realm.ts';
import { leaveTopic } from '../application/use-cases/leave-topic.ts';
import { listConnections } from '../application/use-cases/list-connections.ts';
import { listPeers } from '../application/use-cases/list-peers.ts';
import { publishToTopic } from '../application/use-cases/publish-to-topic.ts';
import { reconnect } from '../application/use-cases/reconnect.ts';
import { refreshToken } from '../application/use-cases/refresh-token.ts';
import { registerPeer } from '../application/use-cases/register-peer.ts';
import { relayMessage } from '../application/use-cases/relay-message.ts';
import { sendForPeer } from '../application/use-cases/send-for-peer.ts';
import { sweepExpired } from '../application/use-cases/sweep-expired.ts';
import { AuthFailures } from '../domain/auth-failures.ts';
import { Handshakes } from '../domain/handshakes.ts';
import { BanTable } from '../domain/bans.ts';
import { MemoryBudget } from '../domain/memory-budget.ts';
import { Realms } from '../domain/realms.ts';
import { ConnectionLimits } from '../domain/connection-limits.ts';
import { RequestWindow } from '../domain/request-window.ts';
import { build, call, construct, derive, given, group, input, members } from './binding.ts';
import type { BrokerEnvironment } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { iceServersOf } from './ice-sources.ts';
import {
  authenticatorOf,
  authorizerOf,
  buses,
  clientAddressesOf,
  dialectsOf,
  directories,
  mailboxStores,
  pooled,
  SINGLE_NODE,
} from './adapter-registry.ts';
import { tokenVerifierOf } from './token-verification.ts';
import { VERSION } from './version.ts';

/** Builds a broker that is ready to listen. */
export function buildBroker(configuration: Config, brokerEnvironment: BrokerEnvironment): Broker {
  return build(broker, [given(config, configuration), given(environment, brokerEnvironment)]);
}

/** I6: length of the window of `ice_rate_limit`. */
const ICE_RATE_WINDOW = 60_000;
/** A8: length of the window of `auth_failures_per_minute`. */
const AUTH_FAILURE_WINDOW = 60_000;

/* Inputs: the options and the environment. Each binding lists its needs; the compiler checks their names and types. */
const config = input<Config>('config');
const environment = input<BrokerEnvironment>('environment');
const options = members(config);
const { maxUrlBytes, sendBufferBytes, clusterCut, sweepInterval, expireTimeout, allowDiscovery } = options;
const { transport, clock, telemetry, peerIds, origins, engine } = members(environment);
const log = construct(EventJournal, { log: members(environment).log, clock });
const traces = construct(MessageTraces, { tap: members(environment).tap, clock });

/* State and adapters. */
const memory = derive({ config }, (p) => new MemoryBudget(p.config));
const connectionLimitSettings = group({
  ...{ connections: options.maxConnections, connectionsPerAddress: options.maxConnectionsPerAddress },
  ...{ requestsPerWindow: options.httpRateLimit, requestWindow: options.httpRateWindow },
});
const connectionLimits = derive(
  { connectionLimitSettings, clock },
  (p) => new ConnectionLimits(p.connectionLimitSettings, p.clock.now()),
);
const node = derive({ engine }, (p) => p.engine?.node ?? SINGLE_NODE);
const realms = derive(
  { config, node, engine },
  ({ config: { keys, ...limits }, ...p }) => new Realms(keys, p.node, limits, !p.engine),
);
const unpooled = group({
  directory: derive({ engine, clock }, (p) => p.engine?.directory ?? directories.memory(p.clock)),
  mailboxes: derive({ engine, config, memory }, (p) => p.engine?.mailboxes ?? mailboxStores.memory(p.config, p.memory)),
  bus: derive({ engine, node }, (p) => p.engine?.bus ?? buses.memory(p.node)),
});
const sharedParts = members(derive({ unpooled, config }, (p) => pooled(p.unpooled, p.config)));
const { mailboxes } = sharedParts;
const bus = derive({ bus: sharedParts.bus, telemetry }, (p) => new MeteredBus(p.bus, p.telemetry));
const { directory } = sharedParts;
const dialects = derive({ config, environment }, (p) => [...(p.environment.moreDialects ?? []), ...dialectsOf(p.config)]);
const tokenVerifier = derive({ config, clock, log, telemetry }, (p) => tokenVerifierOf(p.config, p));
const authenticator = derive(
  { config, environment, tokenVerifier },
  (p) => p.environment.authenticator ?? authenticatorOf(p.config, p.tokenVerifier),
);
const iceServers = derive({ config, environment, clock, log }, (p) => p.environment.iceServers ?? iceServersOf(p.config, p));
const authFailures = derive(
  { config, clock },
  ({ config: { authFailuresPerMinute: failuresPerWindow }, ...p }) =>
    new AuthFailures({ failuresPerWindow, failureWindow: AUTH_FAILURE_WINDOW }, p.clock.now()),
);
const configuredAuthorizer = derive(
  { config, environment, tokenVerifier },
  ({ environment: { authorizer, ...parts }, ...p }) => authorizer ?? authorizerOf(p.config, p.tokenVerifier, parts),
);
const bans = derive({}, () => new BanTable());
const banningAuthorizer = construct(BanningAuthorizer, { authorizer: configuredAuthorizer, bans, clock });
const authorizer = construct(CountedAuthorizer, { authorizer: banningAuthorizer, authFailures, clock });
const grantIce = derive({ config, authorizer }, (p) =>
  (p.config.iceAccess === 'everybody' ? grantToEverybody : grantToOwners)(p.authorizer),
);
const credentialRequests = derive(
  { config, clock },
  (p) => new RequestWindow({ requestsPerWindow: p.config.iceRateLimit, requestWindow: ICE_RATE_WINDOW }, p.clock.now()),
);
const addresses = derive({ config }, (p) => clientAddressesOf(p.config));
const connections = derive({ traces, clock, telemetry }, (p) => new Connections(p.traces, p.clock, p.telemetry));
const realmLabels = derive({ config }, (p) => new RealmLabels(p.config.keys));
const handshakes = derive({ telemetry }, (p) => new Handshakes(countHandshakes(p.telemetry)));

/* The machinery of the use-cases. */
const turns = derive({ log }, (p) => new Turns((error) => p.log.record({ event: 'fault', error, connection: undefined })));
const sweeper = derive({ clock, sweepInterval }, (p) => new Sweeper(p.clock, p.sweepInterval));
const fence = derive({ directory, clock }, (p) => new LeaseFence(p.directory.lease, p.clock.now()));
const releases = derive({ directory }, (p) => new RecentReleases(p.directory));
const performer = construct(Performer, {
  ...{ connections, directory, releases, mailboxes, bus, clock, turns, sweeper, log, telemetry, handshakes, clusterCut },
});
const membership = construct(Membership, {
  ...{ node, fence, realms, directory, releases, mailboxes, bus, performer, sweeper, turns, clock, telemetry, expireTimeout },
});
const admissionControl = construct(AdmissionControl, {
  ...{
    bus,
    clock,
    connectionLimits,
    authFailures,
    memory,
    dialects,
    origins,
    addresses,
    authorizer,
    log,
    maxUrlBytes,
    clusterCut,
  },
});
const diagnostics = construct(DiagnosticConnections, { connections, clock, telemetry });
const probes = construct(Probes, { admissionControl, bus, fence, clock });

const icePush = construct(IcePush, {
  ...{ iceServers, connections, performer, sweeper, turns, clock, telemetry, realmLabels },
  icePush: options.icePush,
});

/* Use-cases that other components call. */
const useCases = {
  recordFrame: call(recordFrame, { performer }),
  leaveRealm: call(leaveRealm, { performer, clock, log }),
  publishToTopic: call(publishToTopic, { realms, performer, connections, bus, peerIds, turns, clock, telemetry }),
  registerPeer: call(registerPeer, {
    ...{ realms, connections, directory, performer, turns, clock, sweeper, log, telemetry, peerIds, icePush, bans },
    requestAccess: call(requestAccess, { authorizer, connections, performer, turns, clock, sweeper }),
    ...{ reconnect: call(reconnect, { performer, clock }), admitGuest: call(admitGuest, { performer, clock }) },
  }),
  sweepExpired: call(sweepExpired, {
    ...{ realms, mailboxes, performer, turns, clock, telemetry, realmLabels, handshakes, log, icePush },
  }),
  drainNode: call(drainNode, {
    ...{ transport, admissionControl, realms, connections, performer, turns, sweeper, clock, log },
    ...{ closeTimeout: options.drainTimeout, spread: options.drainSpread },
  }),
};

/* Use-cases by request: first of frames, then of HTTP. A new use-case gets a line here and a variant in ports/requests.ts. */
const frameUseCases = group({
  relay: call(relayMessage, { performer, handshakes }),
  leave: members(useCases.leaveRealm).byRequest,
  'join-topics': call(joinTopic, { performer }),
  'leave-topics': call(leaveTopic, { performer }),
  publish: members(useCases.publishToTopic).fromConnection,
  'refresh-token': call(refreshToken, { authorizer, authFailures, connections, performer, turns, clock, sweeper, log }),
});
const dispatcher = construct(Dispatcher, {
  connections,
  performer,
  tap: traces,
  recordFrame: useCases.recordFrame,
  useCases: frameUseCases,
});
const httpUseCases = group({
  'list-peers': call(listPeers, { realms, authorizer, directory, clock, allowDiscovery }),
  'check-credentials': call(checkCredentials, { realms, authorizer, directory }),
  'issue-peer-id': call(issuePeerId, { realms, peerIds }),
  publish: members(useCases.publishToTopic).fromHttp,
  'issue-ice-servers': call(issueIceServers, { realms, iceServers, grantIce, telemetry, realmLabels }),
  'send-for-peer': call(sendForPeer, { realms, connections, dispatcher, turns, clock }),
});

/* Entry points. */
const metricsEndpoint = derive(
  { config, environment },
  (p) =>
    new MetricsEndpoint({ reader: p.environment.metrics, token: p.config.metricsPublic ? p.config.metricsToken : undefined }),
);
const httpController = construct(HttpController, {
  ...{
    dialects,
    realms,
    connectionLimits,
    memory,
    credentialRequests,
    origins,
    addresses,
    admissionControl,
    authenticator,
    authorizer,
    authFailures,
    bans,
    clock,
    log,
    telemetry,
    probes,
    metricsEndpoint,
    maxUrlBytes,
  },
  useCases: httpUseCases,
});
const brokerGateway = construct(BrokerGateway, {
  ...{
    dialects,
    connections,
    admissionControl,
    addresses,
    httpController,
    dispatcher,
    diagnostics,
    performer,
    turns,
    clock,
    log,
    telemetry,
    fence,
  },
  ...{ sendBufferBytes, registerPeer: useCases.registerPeer, leaveRealm: useCases.leaveRealm },
});
const gateway = construct(MeteredGateway, { gateway: brokerGateway, connections, dialects, telemetry });
const gauges = call(registerGauges, {
  ...{ telemetry, realms, realmLabels, mailboxes, memory, admissionControl, limits: config },
  about: derive({ transport, node }, (p) => ({ version: VERSION, transport: p.transport.name, node: p.node })),
});
const meter = construct(ActivityMeter, { connections, journal: log, clock });
const expel = call(expelPeer, { realms, connections, performer, turns, clock });
const operations = construct(NodeOperations, {
  describeNode: call(describeNode, {
    ...{ node, realms, connections, connectionLimits, admissionControl, bans, bus, meter, clock },
    version: derive({}, () => VERSION),
  }),
  listConnections: call(listConnections, { connections, clock }),
  inspectPeer: call(inspectPeer, { realms, connections, mailboxes, clock }),
  expelPeer: expel,
  banClient: call(banClient, { bans, connections, clock, expelPeer: expel }),
  ...{ bans, journal: log, traces, clock, log },
});
const broker = construct(Broker, {
  ...{ transport, gateway, gauges, connections, sweeper, membership, authorizer, clock, log },
  ...{ operations, meter, probes },
  ...{ sweepExpired: useCases.sweepExpired, drainNode: useCases.drainNode },
});
