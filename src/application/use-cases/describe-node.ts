import type { BanTable } from '../../domain/bans.ts';
import type { ConnectionLimits } from '../../domain/connection-limits.ts';
import type { NodeId } from '../../domain/ids.ts';
import type { Realms } from '../../domain/realms.ts';
import type { ActivityMeter } from '../activity-meter.ts';
import type { AdmissionControl } from '../admission-control.ts';
import type { Connections } from '../connections.ts';
import type { Clock } from '../ports/clock.ts';
import type { NodeBus } from '../ports/node-bus.ts';
import type { NodeOverview, RealmSummary } from '../ports/operations.ts';
import { topicsBySpace } from '../topics-by-space.ts';

/** ADM7: the state of this node. */
export type DescribeNode = () => NodeOverview;

export interface DescribeNodeParts {
  readonly node: NodeId;
  readonly version: string;
  readonly realms: Realms;
  readonly connections: Connections;
  readonly connectionLimits: ConnectionLimits;
  readonly admissionControl: AdmissionControl;
  readonly bans: BanTable;
  readonly bus: NodeBus;
  readonly meter: ActivityMeter;
  readonly clock: Clock;
}

const MAX_REALMS = 100;

export function describeNode(parts: DescribeNodeParts): DescribeNode {
  const { node, version, realms, connections, connectionLimits, admissionControl, bans, bus, meter, clock } = parts;
  const startedAt = clock.now();
  return () => {
    const now = clock.now();
    const { largest, peers, count } = realmSummaries(realms);
    return {
      ...{ node, version, upFor: now - startedAt, isDraining: admissionControl.isClosed, isEngineReachable: bus.isReachable },
      ...{ connections: connections.size, maxConnections: connectionLimits.limits.connections, peers },
      ...{ bans: bans.all(now).length, realms: largest, realmCount: count },
      topics: Array.from(topicsBySpace(realms), ([space, topics]) => ({ space, topics })),
      ...{ activity: meter.totals(), perSecond: meter.perSecond },
    };
  };
}

/** The cost is one step for each realm, and a sort of a few. */
function realmSummaries(realms: Realms): { largest: RealmSummary[]; peers: number; count: number } {
  let largest: RealmSummary[] = [];
  let peers = 0;
  let count = 0;
  let least = -1;
  for (const { key, size, limits } of realms.all()) {
    count += 1;
    peers += size;
    if (size <= least) continue;
    largest.push({ realm: key, peers: size, limit: limits.concurrentLimit });
    if (largest.length < 2 * MAX_REALMS) continue;
    largest = sorted(largest);
    least = largest.at(-1)?.peers ?? -1;
  }
  return { largest: sorted(largest), peers, count };
}

function sorted(summaries: readonly RealmSummary[]): RealmSummary[] {
  return [...summaries].sort((one, other) => other.peers - one.peers).slice(0, MAX_REALMS);
}
