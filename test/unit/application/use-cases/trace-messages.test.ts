import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { LocalTraceLine } from '../../../../src/application/message-traces.ts';
import { traceMessages, type TraceMessages } from '../../../../src/application/use-cases/trace-messages.ts';
import { nodeId } from '../../../../src/domain/ids.ts';

const ANN = { realm: 'peerjs', id: 'ann' };
const ACT = { reason: 'look', from: '127.0.0.1' };
const LINE: LocalTraceLine = { at: 1, way: 'in', type: 'offer', from: 'ann', to: 'bob', bytes: 7 };

let open: ((line: LocalTraceLine) => void)[];
let max: number;
let questions: { trace: string; isOver: boolean }[];
let acts: unknown[];
let trace: TraceMessages;

beforeEach(() => {
  [open, max, questions, acts] = [[], 16, [], []];
  trace = traceMessages({
    ...{ node: nodeId('here'), clock: new ManualClock() },
    traces: {
      open(_: object, onLine: (line: LocalTraceLine) => void) {
        if (open.length >= max) return undefined;
        open.push(onLine);
        return () => void open.splice(open.indexOf(onLine), 1);
      },
    },
    exchange: { ask: (text: string) => void questions.push(JSON.parse(text)) },
    local: { logAct: (...logged: unknown[]) => void acts.push(logged) },
  } as never);
});

function listener(seen: unknown[] = []) {
  return { line: (line: object) => void seen.push(line), dropped: () => undefined, missing: () => undefined };
}

describe('tracing the messages of a peer', () => {
  it('ADM6, ADM8, ADM15: shows lines with the name of their node, asks all nodes, and ends on all', () => {
    const seen: unknown[] = [];
    const stop = trace(ANN, ACT, listener(seen));
    open[0]?.(LINE);
    expect([seen, acts]).toEqual([[{ ...LINE, node: 'here' }], [['trace', 'peerjs/ann', ACT]]]);
    stop?.();
    expect([open.length, questions.map(({ isOver }) => isOver)]).toEqual([0, [false, true]]);
  });

  it('ADM15: two traces of one node have different names in the cluster', () => {
    for (let n = 0; n < 2; n++) trace(ANN, ACT, listener());
    expect(new Set(questions.map((question) => question.trace)).size).toBe(2);
  });

  it('ADM6: is refused without an act if too many are open', () => {
    max = 0;
    expect([trace(ANN, ACT, listener()), acts, questions]).toEqual([undefined, [], []]);
  });
});
