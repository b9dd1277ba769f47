import type { BanSync } from './ban-sync.ts';
import type { EventJournal } from './event-journal.ts';
import type { Aged, Answers, Question } from './node-questions.ts';
import type { Clock } from './ports/clock.ts';
import type { Log, OperatorAct } from './ports/log.ts';
import type { Act } from './ports/operations.ts';
import type { TracesForNodes } from './traces-for-nodes.ts';
import type { DescribeNode } from './use-cases/describe-node.ts';
import type { ExpelPeer } from './use-cases/expel-peer.ts';
import type { InspectPeer } from './use-cases/inspect-peer.ts';
import type { ListConnections } from './use-cases/list-connections.ts';

export interface NodeOperationsParts {
  readonly describeNode: DescribeNode;
  readonly listConnections: ListConnections;
  readonly inspectPeer: InspectPeer;
  readonly expelPeer: ExpelPeer;
  readonly banSync: BanSync;
  readonly journal: EventJournal;
  readonly tracesForNodes: TracesForNodes;
  readonly clock: Clock;
  readonly log: Log;
  /** Drains this node and ends it. Returns before the drain has ended. */
  readonly requestDrain: () => void;
}

/** Answers the questions of operators about one node. */
export class NodeOperations {
  readonly #parts: NodeOperationsParts;

  constructor(parts: NodeOperationsParts) {
    this.#parts = parts;
  }

  /** @param respond receives undefined if this node can't answer now. */
  answer(question: Question, respond: (answer: Answers[keyof Answers] | undefined) => void): void {
    const { describeNode, listConnections, inspectPeer, expelPeer, banSync, journal, tracesForNodes } = this.#parts;
    switch (question.ask) {
      case 'overview':
        return respond({ node: describeNode() });
      case 'peers':
        return listConnections(question.query, respond);
      case 'peer':
        return inspectPeer(question.target, (peer) => respond({ peer }));
      case 'expel':
        return expelPeer.byId(question.target, (closed) => respond({ closed }));
      case 'apply-bans':
        return banSync.sync((closed) => respond(closed === undefined ? undefined : { closed }));
      case 'refusals':
        return respond({ entries: this.#aged(journal.refusals()) });
      case 'closes':
        return respond({ entries: this.#aged(journal.closes()) });
      case 'drain':
        this.logAct('drain', undefined, question.act);
        this.#parts.requestDrain();
        return respond({ isDraining: true });
      case 'trace':
        return respond(tracesForNodes.answer(question));
    }
  }

  /** ADM8. */
  logAct(act: OperatorAct, subject: string | undefined, { reason, from }: Act, closed?: number): void {
    this.#parts.log.record({ event: 'operator-acted', act, subject, reason, from, closed });
  }

  #aged<Entry extends { readonly at: number }>(entries: readonly Entry[]): Aged<Omit<Entry, 'at'>>[] {
    const now = this.#parts.clock.now();
    return entries.map(({ at, ...entry }) => ({ ago: now - at, entry }));
  }
}
