import type { NodeId } from '../../domain/ids.ts';
import { ClusterTrace, type ClusterTraceParts } from '../cluster-trace.ts';
import type { MessageTraces } from '../message-traces.ts';
import type { NodeOperations } from '../node-operations.ts';
import type { Act, PeerTarget, TraceListener } from '../ports/operations.ts';

/**
 * ADM6, ADM15: shows the frames of one peer at every node, without their payloads.
 * @returns the function that ends the trace; undefined if too many traces are open.
 */
export type TraceMessages = (target: PeerTarget, act: Act, listener: TraceListener) => (() => void) | undefined;

export interface TraceMessagesParts extends ClusterTraceParts {
  readonly node: NodeId;
  readonly traces: MessageTraces;
  readonly local: NodeOperations;
}

export function traceMessages(parts: TraceMessagesParts): TraceMessages {
  const { node, traces, local } = parts;
  let count = 0;
  return (target, act, listener) => {
    const stopHere = traces.open(target, (line) => listener.line({ ...line, node }));
    if (stopHere === undefined) return undefined;
    local.logAct('trace', `${target.realm}/${target.id}`, act);
    const others = new ClusterTrace(parts, target, `${node} ${++count}`, listener);
    return () => {
      stopHere();
      others.stop();
    };
  };
}
