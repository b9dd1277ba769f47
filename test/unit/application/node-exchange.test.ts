import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import { NodeExchange } from '../../../src/application/node-exchange.ts';
import type { NodeMessage } from '../../../src/application/ports/node-bus.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';

const [HERE, THERE, FAR] = ['here', 'there', 'far'].map(nodeId) as [NodeId, NodeId, NodeId];

let clock: ManualClock;
let sent: (readonly [NodeId, NodeMessage])[];
let nodes: NodeId[];
let isReachable: boolean;
let exchange: NodeExchange;
let outcomes: unknown[];

beforeEach(() => {
  clock = new ManualClock();
  sent = [];
  outcomes = [];
  nodes = [HERE, THERE, FAR];
  isReachable = true;
  const bus = {
    get isReachable() {
      return isReachable;
    },
    send: (to: NodeId, message: NodeMessage) => void sent.push([to, message]),
  };
  const records = { nodes: (answer: (all: readonly NodeId[]) => void) => answer(nodes) };
  exchange = new NodeExchange({ node: HERE, bus, records, clock } as never);
});

function ask(to?: NodeId): void {
  exchange.ask('how are you?', to, (answers, missing) => outcomes.push([[...answers], missing]));
}

function answer(from: NodeId, text = 'well', number = 1): void {
  exchange.receive({ type: 'response', from, number, text });
}

describe('the exchange between nodes', () => {
  it('ADM15: asks all other nodes, and answers when all of them have', () => {
    ask();
    expect(sent).toEqual([THERE, FAR].map((to) => [to, { type: 'request', from: HERE, number: 1, text: 'how are you?' }]));
    answer(FAR, 'so so');
    expect(outcomes).toEqual([]);
    answer(THERE);
    expect(outcomes).toEqual([
      [
        [
          [FAR, 'so so'],
          [THERE, 'well'],
        ],
        [],
      ],
    ]);
  });

  it('ADM15: names the nodes that have not answered within 500 ms, and ignores their late answers', () => {
    ask();
    answer(THERE);
    clock.advance(499);
    expect(outcomes).toEqual([]);
    clock.advance(1);
    answer(FAR);
    expect(outcomes).toEqual([[[[THERE, 'well']], [FAR]]]);
  });

  it('ADM15: asks one node only, and counts neither the answer of another node nor a second one', () => {
    ask(FAR);
    for (const from of [THERE, THERE]) answer(from);
    answer(FAR, 'well', 2);
    expect([sent.map(([to]) => to), outcomes]).toEqual([[FAR], []]);
    answer(FAR);
    answer(FAR);
    expect(outcomes).toEqual([[[[FAR, 'well']], []]]);
  });

  it('ADM15: asks no node while the engine is unreachable: the known ones are missing', () => {
    ask();
    clock.advance(500);
    isReachable = false;
    ask();
    ask(nodeId('other'));
    expect([sent.length, outcomes.slice(1)]).toEqual([
      2,
      [
        [[], [THERE, FAR]],
        [[], ['other']],
      ],
    ]);
  });

  it('ADM15: does not wait for an engine that never lists the nodes', () => {
    ask();
    clock.advance(500);
    exchange = new NodeExchange({ node: HERE, bus: { isReachable: true }, records: { nodes: () => undefined }, clock } as never);
    ask();
    clock.advance(500);
    expect(outcomes[1]).toEqual([[], []]);
  });

  it('promise 5: lets at most 256 questions wait', () => {
    for (let n = 0; n < 257; n++) ask();
    expect([sent.length, outcomes]).toEqual([512, [[[], [THERE, FAR]]]]);
  });

  it('ADM15: answers at once on a single node', () => {
    nodes = [HERE];
    ask();
    expect([sent, outcomes]).toEqual([[], [[[], []]]]);
  });

  it('ADM15: answers the question of another node with its number', () => {
    exchange.serve((text, respond) => respond(`${text} well`));
    exchange.receive({ type: 'request', from: FAR, number: 7, text: 'you?' });
    expect(sent).toEqual([[FAR, { type: 'response', from: HERE, number: 7, text: 'you? well' }]]);
  });

  it('passes notices of other nodes on, without an answer, and ignores the answer of a node that knows no notices', () => {
    const notices: unknown[] = [];
    exchange.onNotice((from, text) => notices.push([from, text]));
    exchange.notify(THERE, 'news');
    expect(sent).toEqual([[THERE, { type: 'request', from: HERE, number: 0, text: 'news' }]]);
    exchange.receive({ type: 'request', from: FAR, number: 0, text: 'other news' });
    answer(THERE, '', 0);
    expect([notices, sent.length, outcomes]).toEqual([[[FAR, 'other news']], 1, []]);
  });
});
