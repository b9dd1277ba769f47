import { ActivityMeter } from '../../application/activity-meter.ts';
import { NodeOperations } from '../../application/node-operations.ts';
import { banClient } from '../../application/use-cases/ban-client.ts';
import { describeNode } from '../../application/use-cases/describe-node.ts';
import { expelPeer } from '../../application/use-cases/expel-peer.ts';
import { inspectPeer } from '../../application/use-cases/inspect-peer.ts';
import { listConnections } from '../../application/use-cases/list-connections.ts';
import { call, construct, derive } from '../binding.ts';
import { VERSION } from '../version.ts';
import { clock, log, traces } from './inputs.ts';
import { bans, bus, connectionLimits, connections, mailboxes, node, realms } from './state.ts';
import { admissionControl, performer, turns } from './machinery.ts';

/* The operations for operators. */
export const meter = construct(ActivityMeter, { connections, journal: log, clock });
const expel = call(expelPeer, { realms, connections, performer, turns, clock });
export const operations = construct(NodeOperations, {
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
