import { beforeEach, describe, expect, it } from 'vitest';
import { closedBy, ClusterQuestions } from '../../../src/application/cluster-questions.ts';
import type { AskOutcome } from '../../../src/application/node-exchange.ts';
import { nodeId, type NodeId } from '../../../src/domain/ids.ts';

const [HERE, THERE, FAR] = [nodeId('here'), nodeId('there'), nodeId('far')];
const EXPEL = { ask: 'expel', target: { realm: 'peerjs', id: 'ann' } } as const;

let asked: { readonly to: NodeId | undefined; readonly done: AskOutcome }[];
let serve: (text: string, respond: (answer: string) => void) => void;
let ofThisNode: { closed: number } | undefined;
let questions: ClusterQuestions;

beforeEach(() => {
  [asked, ofThisNode] = [[], { closed: 1 }];
  const local = { answer: (_: unknown, respond: (answer: unknown) => void) => respond(ofThisNode) };
  const exchange = {
    serve: (answerTo: typeof serve) => void (serve = answerTo),
    ask: (_: string, to: NodeId | undefined, done: AskOutcome) => void asked.push({ to, done }),
  };
  questions = new ClusterQuestions({ node: HERE, local, exchange } as never);
});

describe('questions to a cluster', () => {
  it('ADM15: wait for this node and all others, and sort out answers that can not be read', () => {
    let outcome: unknown;
    questions.ask(EXPEL, undefined, (answers, missing) => (outcome = [answers, missing, closedBy(answers)]));
    expect(outcome).toBeUndefined();
    asked[0]?.done(
      new Map([
        [THERE, '{"closed":2}'],
        [FAR, 'not JSON'],
      ]),
      [nodeId('away')],
    );
    const answers = [
      { node: HERE, answer: { closed: 1 } },
      { node: THERE, answer: { closed: 2 } },
    ];
    expect(outcome).toEqual([answers, ['away', 'far'], 3]);
  });

  it('ADM15: to one node are for that node only', () => {
    const nodes: unknown[] = [];
    questions.ask(EXPEL, HERE, (answers) => nodes.push(answers.map(({ node }) => node)));
    expect([nodes, asked.length]).toEqual([[[HERE]], 0]);
    questions.ask(EXPEL, THERE, (_, missing) => nodes.push(missing));
    asked[0]?.done(new Map(), [THERE]);
    expect([nodes, asked.map(({ to }) => to)]).toEqual([[[HERE], [THERE]], [THERE]]);
  });

  it('ADM15: that this node can not answer, or does not know, are answered with an empty text', () => {
    const texts: string[] = [];
    serve(JSON.stringify(EXPEL), (text) => texts.push(text));
    ofThisNode = undefined;
    for (const text of [JSON.stringify(EXPEL), '{"ask":"everything"}', 'not JSON']) serve(text, (one) => texts.push(one));
    questions.ask(EXPEL, HERE, (_, missing) => texts.push(...missing));
    expect(texts).toEqual(['{"closed":1}', '', '', '', HERE]);
  });
});
