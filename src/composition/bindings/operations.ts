import { ActivityMeter } from '../../application/activity-meter.ts';
import { ClusterOperations } from '../../application/cluster-operations.ts';
import { ClusterQuestions } from '../../application/cluster-questions.ts';
import { TracesForNodes } from '../../application/traces-for-nodes.ts';
import { NodeOperations } from '../../application/node-operations.ts';
import { banClient } from '../../application/use-cases/ban-client.ts';
import { describeNode } from '../../application/use-cases/describe-node.ts';
import { inspectPeer } from '../../application/use-cases/inspect-peer.ts';
import { liftBan } from '../../application/use-cases/lift-ban.ts';
import { listConnections } from '../../application/use-cases/list-connections.ts';
import { traceMessages } from '../../application/use-cases/trace-messages.ts';
import { call, construct, derive } from '../binding.ts';
import { VERSION } from '../version.ts';
import { clock, environment, log, traces } from './inputs.ts';
import { bans, bus, connectionLimits, connections, mailboxes, node, realms, records } from './state.ts';
import { admissionControl, banSync, exchange, expel } from './machinery.ts';

/* The operations for operators. */
export const meter = construct(ActivityMeter, { connections, journal: log, clock });
const local = construct(NodeOperations, {
  describeNode: call(describeNode, {
    ...{ node, realms, connections, connectionLimits, admissionControl, bans, bus, meter, clock },
    version: derive({}, () => VERSION),
  }),
  listConnections: call(listConnections, { connections, clock }),
  inspectPeer: call(inspectPeer, { realms, connections, mailboxes, clock }),
  expelPeer: expel,
  requestDrain: derive({ environment }, (p) => p.environment.requestDrain ?? (() => undefined)),
  ...{ banSync, journal: log, clock, log },
  tracesForNodes: derive({ traces, clock }, (p) => new TracesForNodes(p.traces, p.clock)),
});
const questions = construct(ClusterQuestions, { node, local, exchange });
const banning = { bans, records, bus, questions, local, clock };
export const operations = construct(ClusterOperations, {
  ...{ node, local, questions, bans, clock },
  banClient: call(banClient, banning),
  liftBan: call(liftBan, banning),
  traceMessages: call(traceMessages, { node, traces, local, exchange, clock }),
});
