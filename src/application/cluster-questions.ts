import type { NodeId } from '../domain/ids.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { NodeOperations } from './node-operations.ts';
import { parseAnswer, parseQuestion, type Answers, type NodeAnswer, type Question } from './node-questions.ts';

export interface ClusterQuestionsParts {
  readonly node: NodeId;
  readonly local: NodeOperations;
  readonly exchange: NodeExchange;
}

/** The answers in the order of the names of their nodes, and the nodes that did not answer in time. */
type Answered<Ask extends keyof Answers> = (answers: readonly NodeAnswer<Ask>[], missing: readonly NodeId[]) => void;

/** ADM15: asks the nodes of a cluster, this one included, and answers the questions of the other nodes. */
export class ClusterQuestions {
  readonly #parts: ClusterQuestionsParts;

  constructor(parts: ClusterQuestionsParts) {
    this.#parts = parts;
    parts.exchange.serve((text, respond) => {
      const question = parseQuestion(text);
      // An empty answer is none: the node that asks need not wait.
      if (question === undefined) respond('');
      else parts.local.answer(question, (answer) => respond(answer === undefined ? '' : JSON.stringify(answer)));
    });
  }

  /** @param to one node; undefined for all. */
  ask<Asked extends Question>(question: Asked, to: NodeId | undefined, done: Answered<Asked['ask']>): void {
    const { node, local, exchange } = this.#parts;
    const { ask }: { readonly ask: Asked['ask'] } = question;
    const answers: NodeAnswer<Asked['ask']>[] = [];
    const missing: NodeId[] = [];
    let left = to === undefined ? 2 : 1;
    const settle = (): void => {
      if (--left === 0) done(answers.sort(byNode), missing.sort());
    };
    const settleOthers = (texts: ReadonlyMap<NodeId, string>, silent: readonly NodeId[]): void => {
      for (const [from, text] of texts) {
        const answer = parseAnswer(ask, text);
        if (answer === undefined) missing.push(from);
        else answers.push({ node: from, answer });
      }
      missing.push(...silent);
      settle();
    };
    if (to !== node) exchange.ask(JSON.stringify(question), to, settleOthers);
    if (to !== undefined && to !== node) return;
    local.answer(question, (answer) => {
      if (answer === undefined) missing.push(node);
      else answers.push({ node, answer: answer as Answers[Asked['ask']] });
      settle();
    });
  }
}

/** How many connections an act closed on all nodes that answered. */
export function closedBy(answers: readonly NodeAnswer<'expel' | 'apply-bans'>[]): number {
  return answers.reduce((sum, { answer: { closed } }) => sum + closed, 0);
}

function byNode(one: { readonly node: NodeId }, other: { readonly node: NodeId }): number {
  return one.node < other.node ? -1 : 1;
}
