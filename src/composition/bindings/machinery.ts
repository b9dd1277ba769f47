import { AdmissionControl } from '../../application/admission-control.ts';
import { DiagnosticConnections } from '../../application/diagnostic-connections.ts';
import { IcePush } from '../../application/ice-push.ts';
import { LeaseFence } from '../../application/lease-fence.ts';
import { BanSync } from '../../application/ban-sync.ts';
import { Membership } from '../../application/membership.ts';
import { NodeExchange } from '../../application/node-exchange.ts';
import { NodeLinks } from '../../application/node-links.ts';
import { PresenceSync } from '../../application/presence-sync.ts';
import { Performer } from '../../application/performer.ts';
import { Probes } from '../../application/probes.ts';
import { RecentReleases } from '../../application/recent-releases.ts';
import { StoreHealth } from '../../application/store-health.ts';
import { Sweeper } from '../../application/sweeper.ts';
import { Turns } from '../../application/turns.ts';
import { closeBanned } from '../../application/use-cases/close-banned.ts';
import { expelPeer } from '../../application/use-cases/expel-peer.ts';
import { call, construct, derive } from '../binding.ts';
import {
  clock,
  clusterCut,
  environment,
  expireTimeout,
  log,
  maxUrlBytes,
  options,
  origins,
  sweepInterval,
  telemetry,
} from './inputs.ts';
import {
  addresses,
  authFailures,
  authorizer,
  bans,
  bus,
  connectionLimits,
  connections,
  dialects,
  directory,
  handshakes,
  iceServers,
  mailboxes,
  memory,
  node,
  realmLabels,
  realms,
  records,
} from './state.ts';

/* The machinery of the use-cases. */
export const turns = derive({ log }, (p) => new Turns((error) => p.log.record({ event: 'fault', error, connection: undefined })));
export const sweeper = derive({ clock, sweepInterval }, (p) => new Sweeper(p.clock, p.sweepInterval));
export const fence = derive({ directory, clock }, (p) => new LeaseFence(p.directory.lease, p.clock.now()));
const releases = derive({ directory }, (p) => new RecentReleases(p.directory));
const storeHealth = construct(StoreHealth, { mailboxes, log });
export const performer = construct(Performer, {
  ...{
    connections,
    directory,
    releases,
    mailboxes,
    storeHealth,
    bus,
    clock,
    turns,
    sweeper,
    log,
    telemetry,
    handshakes,
    clusterCut,
  },
});
export const expel = call(expelPeer, { realms, connections, performer, turns, clock });
export const exchange = construct(NodeExchange, { node, bus, records, clock });
export const banSync = construct(BanSync, {
  ...{ bans, records, bus, clock, closeBanned: call(closeBanned, { bans, connections, clock, expelPeer: expel }) },
});
export const nodeLinks = derive(
  { environment, node, realms, directory, performer, fence, exchange, turns, clock, telemetry },
  ({ environment: { links }, ...p }) => (links === undefined ? undefined : new NodeLinks({ ...p, links })),
);
export const presenceSync = construct(PresenceSync, { node, bus, records, clock, turns, performer });
export const membership = construct(Membership, {
  ...{ exchange, banSync, nodeLinks, presenceSync },
  ...{ node, fence, realms, directory, releases, mailboxes, bus, performer, sweeper, turns, clock, telemetry, expireTimeout },
});
export const admissionControl = construct(AdmissionControl, {
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
export const diagnostics = construct(DiagnosticConnections, { connections, clock, telemetry });
export const probes = construct(Probes, { admissionControl, bus, fence, storeHealth, clock });

export const icePush = construct(IcePush, {
  ...{ iceServers, connections, performer, sweeper, turns, clock, telemetry, realmLabels },
  icePush: options.icePush,
});
