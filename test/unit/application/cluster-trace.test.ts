import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { ClusterTrace } from '../../../src/application/cluster-trace.ts';
import type { AskOutcome } from '../../../src/application/node-exchange.ts';
import type { TraceLine } from '../../../src/application/ports/operations.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';

const TARGET = { realm: 'peerjs', id: 'ann' };
const [THERE, FAR] = [nodeId('there'), nodeId('far')];

let clock: ManualClock;
let asked: { readonly question: unknown; readonly done: AskOutcome }[];
let seen: unknown[];
let trace: ClusterTrace;

beforeEach(() => {
  clock = new ManualClock();
  [asked, seen] = [[], []];
  const exchange = {
    ask: (text: string, _: unknown, done: AskOutcome) => void asked.push({ question: JSON.parse(text), done }),
  };
  trace = new ClusterTrace({ exchange, clock } as never, TARGET, 'here 1', {
    line: (line: TraceLine) => seen.push(line),
    dropped: (lines) => seen.push(`dropped ${lines}`),
    missing: (nodes) => seen.push(`missing ${nodes.join()}`),
  });
});

function answer(texts: readonly (readonly [NodeId, string])[], silent: readonly NodeId[] = []): void {
  asked.at(-1)?.done(new Map(texts), silent);
}

const NO_LINES = '{"lines":[],"dropped":0}';

describe('a trace in a cluster', () => {
  it('ADM15: asks every 500 ms after the answers, and shows their lines in the time of this node', () => {
    clock.advance(1_000);
    const entry = { way: 'in', type: 'offer', from: 'ann', to: 'bob', bytes: 7 };
    answer([[THERE, JSON.stringify({ lines: [{ ago: 200, entry }], dropped: 3 })]]);
    expect(seen).toEqual([{ ...entry, node: THERE, at: 800 }, 'dropped 3']);
    clock.advance(499);
    expect(asked).toHaveLength(1);
    clock.advance(1);
    expect(asked[1]?.question).toEqual({ ask: 'trace', trace: 'here 1', target: TARGET, isOver: false });
  });

  it('ADM15: names the nodes that are silent or have no answer, when they change', () => {
    answer([[THERE, '']], [FAR]);
    clock.advance(500);
    answer([[THERE, '{}']], [FAR]);
    clock.advance(500);
    answer([[THERE, NO_LINES]]);
    expect(seen).toEqual(['missing far,there', 'missing ']);
  });

  it('ADM6: asks no more after its end, and tells the other nodes', () => {
    answer([[THERE, NO_LINES]]);
    trace.stop();
    expect(asked.at(-1)?.question).toMatchObject({ isOver: true });
    answer([[THERE, JSON.stringify({ lines: [], dropped: 1 })]]);
    clock.advance(5_000);
    expect([asked.length, seen]).toEqual([2, []]);
  });
});
