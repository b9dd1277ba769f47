import type { Ban, BanRequest, BanTable } from '../domain/bans.ts';
import { slotOf, type NodeId } from '../domain/ids.ts';
import type { Millis } from '../domain/time.ts';
import { closedBy, type ClusterQuestions } from './cluster-questions.ts';
import { MAX_ENTRIES } from './event-journal.ts';
import type { NodeOperations } from './node-operations.ts';
import type { Aged } from './node-questions.ts';
import type { Clock } from './ports/clock.ts';
import type {
  Act,
  ActOutcome,
  BanOutcome,
  CloseEntry,
  ClusterOverview,
  JournalPage,
  Operations,
  PeerDetails,
  PeerPage,
  PeerQuery,
  PeerSummary,
  PeerTarget,
  RefusalEntry,
  TraceListener,
  UnbanOutcome,
} from './ports/operations.ts';
import type { BanClient } from './use-cases/ban-client.ts';
import type { LiftBan } from './use-cases/lift-ban.ts';
import { cursorBehind } from './use-cases/list-connections.ts';
import type { TraceMessages } from './use-cases/trace-messages.ts';

export interface ClusterOperationsParts {
  readonly node: NodeId;
  readonly local: NodeOperations;
  readonly questions: ClusterQuestions;
  readonly banClient: BanClient;
  readonly liftBan: LiftBan;
  readonly traceMessages: TraceMessages;
  readonly bans: BanTable;
  readonly clock: Clock;
}

/** The entries of the journal of one node. */
interface JournalAnswer<Entry> {
  readonly node: NodeId;
  readonly answer: { readonly entries: readonly Aged<Entry>[] };
}

/** Where and when an entry was made, by the clock of this node. */
interface JournalPlace {
  readonly node: NodeId;
  readonly at: Millis;
}

/** The operations on all nodes of a cluster, and on a single node. ADM8: every act is logged by the node that was asked. */
export class ClusterOperations implements Operations {
  readonly #parts: ClusterOperationsParts;
  /** Callers that wait for the overview that is being collected. */
  #overviewWaiting: ((overview: ClusterOverview) => void)[] = [];

  constructor(parts: ClusterOperationsParts) {
    this.#parts = parts;
  }

  /** Calls at the same time share their questions. */
  overview(answer: (overview: ClusterOverview) => void): void {
    this.#overviewWaiting.push(answer);
    if (this.#overviewWaiting.length > 1) return;
    this.#parts.questions.ask({ ask: 'overview' }, undefined, (answers, missing) => {
      const overview = { nodes: answers.map(({ answer: { node } }) => node), missing };
      for (const waiting of this.#overviewWaiting.splice(0)) waiting(overview);
    });
  }

  peers(query: PeerQuery, answer: (page: PeerPage) => void): void {
    this.#parts.questions.ask({ ask: 'peers', query }, query.node, (answers, missing) => {
      const all = answers.flatMap(({ answer: { peers } }) => peers).sort(inOrderOfSlots);
      const isMore = all.length > query.limit || answers.some(({ answer: { next } }) => next !== undefined);
      const peers = all.slice(0, query.limit);
      answer({ peers, next: isMore ? cursorBehind(peers.at(-1)) : undefined, missing });
    });
  }

  peer(target: PeerTarget, answer: (details: PeerDetails | undefined, missing: readonly NodeId[]) => void): void {
    this.#parts.questions.ask({ ask: 'peer', target }, undefined, (answers, missing) => {
      const found = answers.flatMap(({ answer: { peer } }) => peer ?? []);
      answer(found.find(({ kind }) => kind === 'peer') ?? found[0], missing);
    });
  }

  expel(target: PeerTarget, act: Act, answer: (outcome: ActOutcome) => void): void {
    this.#parts.questions.ask({ ask: 'expel', target }, undefined, (answers, missing) => {
      const closed = closedBy(answers);
      this.#parts.local.logAct('expel', `${target.realm}/${target.id}`, act, closed);
      answer({ closed, missing });
    });
  }

  ban(request: BanRequest, act: Act, answer: (outcome: BanOutcome) => void): void {
    this.#parts.banClient(request, act, answer);
  }

  unban(id: string, act: Act, answer: (outcome: UnbanOutcome) => void): void {
    this.#parts.liftBan(id, act, answer);
  }

  bans(): readonly Ban[] {
    return this.#parts.bans.all(this.#parts.clock.now());
  }

  drain(node: NodeId | undefined, act: Act, answer: (isDraining: boolean) => void): void {
    const to = node ?? this.#parts.node;
    this.#parts.questions.ask({ ask: 'drain', act }, to, (answers) => {
      const isDraining = answers.length > 0;
      // The node that drains logs the act, too.
      if (isDraining && to !== this.#parts.node) this.#parts.local.logAct('drain', to, act);
      answer(isDraining);
    });
  }

  refusals(node: NodeId | undefined, answer: (page: JournalPage<RefusalEntry>) => void): void {
    this.#parts.questions.ask({ ask: 'refusals' }, node, (answers, missing) =>
      answer({ entries: this.#merged(answers), missing }),
    );
  }

  closes(node: NodeId | undefined, answer: (page: JournalPage<CloseEntry>) => void): void {
    this.#parts.questions.ask({ ask: 'closes' }, node, (answers, missing) => answer({ entries: this.#merged(answers), missing }));
  }

  trace(target: PeerTarget, act: Act, listener: TraceListener): (() => void) | undefined {
    return this.#parts.traceMessages(target, act, listener);
  }

  /** The latest entries of all answers. */
  #merged<Entry extends object>(answers: readonly JournalAnswer<Entry>[]): (Entry & JournalPlace)[] {
    const now = this.#parts.clock.now();
    const all = answers.flatMap(({ node, answer: { entries } }) =>
      entries.map(({ ago, entry }) => ({ ...entry, node, at: now - ago })),
    );
    return all.sort((one, other) => other.at - one.at).slice(0, MAX_ENTRIES);
  }
}

function inOrderOfSlots(one: PeerSummary, other: PeerSummary): number {
  const slots = slotOf(one.connection) - slotOf(other.connection);
  if (slots !== 0) return slots;
  return one.node < other.node ? -1 : 1;
}
