import type { NodeId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { ClusterRecords } from './ports/cluster-records.ts';
import type { NodeBus, NodeMessage } from './ports/node-bus.ts';

export interface NodeExchangeParts {
  readonly node: NodeId;
  readonly bus: NodeBus;
  readonly records: ClusterRecords;
  readonly clock: Clock;
}

/** The answers by node, and the nodes that did not answer in time. */
export type AskOutcome = (answers: ReadonlyMap<NodeId, string>, missing: readonly NodeId[]) => void;

interface PendingQuestion {
  /** Undefined until the nodes of the cluster are known. */
  waiting: Set<NodeId> | undefined;
  readonly answers: Map<NodeId, string>;
  readonly timeout: Wakeup;
  readonly done: AskOutcome;
}

/** Time that other nodes have for an answer. */
const ANSWER_TIMEOUT: Millis = 500;
/** Questions that may wait at a time. For further ones, all nodes are missing. */
const MAX_PENDING = 256;

/** The number of a request that is only a notice. A node that does not know it answers it, and the answer is ignored. */
const NOTICE = 0;

/** ADM15: asks the other nodes of a cluster, and answers their questions. A single node has no other node to ask. */
export class NodeExchange {
  readonly #parts: NodeExchangeParts;
  readonly #pending = new Map<number, PendingQuestion>();
  #count = 0;
  /** The other nodes, as far as this node knows. */
  #others: readonly NodeId[] = [];
  #answerTo: (question: string, respond: (answer: string) => void) => void = () => undefined;
  #noticeListener: ((from: NodeId, text: string) => void) | undefined;

  constructor(parts: NodeExchangeParts) {
    this.#parts = parts;
  }

  /** @param answerTo answers a question of another node, at once or later. */
  serve(answerTo: (question: string, respond: (answer: string) => void) => void): void {
    this.#answerTo = answerTo;
  }

  /** @param listener receives the notices of other nodes. */
  onNotice(listener: (from: NodeId, text: string) => void): void {
    this.#noticeListener = listener;
  }

  /** Sends a notice to another node, which may be lost. */
  notify(to: NodeId, text: string): void {
    const { node, bus } = this.#parts;
    bus.send(to, { type: 'request', from: node, number: NOTICE, text });
  }

  /** Asks one other node, or all of them. @param done called once, within the timeout. */
  ask(question: string, to: NodeId | undefined, done: AskOutcome): void {
    const { bus, records, clock } = this.#parts;
    const isPossible = bus.isReachable && this.#pending.size < MAX_PENDING;
    if (!isPossible) return done(new Map(), to === undefined ? this.#others : [to]);
    const number = ++this.#count;
    const timeout = clock.wakeAt(clock.now() + ANSWER_TIMEOUT, () => this.#finish(number));
    this.#pending.set(number, { waiting: undefined, answers: new Map(), timeout, done });
    if (to !== undefined) return this.#send(number, question, [to]);
    records.nodes((nodes) => {
      this.#others = nodes.filter((node) => node !== this.#parts.node);
      this.#send(number, question, this.#others);
    });
  }

  /** A question or an answer of another node. */
  receive({ type, from, number, text }: NodeMessage): void {
    const { node, bus } = this.#parts;
    if (type === 'request' && number === NOTICE) return this.#noticeListener?.(from, text);
    if (type === 'request') {
      return this.#answerTo(text, (answer) => bus.send(from, { type: 'response', from: node, number, text: answer }));
    }
    const question = this.#pending.get(number);
    if (question?.waiting?.delete(from) !== true) return;
    question.answers.set(from, text);
    if (question.waiting.size === 0) this.#finish(number);
  }

  #send(number: number, text: string, nodes: readonly NodeId[]): void {
    const question = this.#pending.get(number);
    if (question === undefined) return;
    question.waiting = new Set(nodes);
    const { node, bus } = this.#parts;
    for (const to of nodes) bus.send(to, { type: 'request', from: node, number, text });
    if (nodes.length === 0) this.#finish(number);
  }

  #finish(number: number): void {
    const question = this.#pending.get(number);
    if (question === undefined) return;
    this.#pending.delete(number);
    question.timeout.cancel();
    question.done(question.answers, [...(question.waiting ?? this.#others)]);
  }
}
