import type { Ban, BanRequest, BanTable } from '../domain/bans.ts';
import { slotOf, type NodeId } from '../domain/ids.ts';
import { accepted, refused } from '../domain/result.ts';
import type { Millis } from '../domain/time.ts';
import { storedBan } from './ban-sync.ts';
import { ClusterTrace } from './cluster-trace.ts';
import { MAX_ENTRIES } from './event-journal.ts';
import type { MessageTraces } from './message-traces.ts';
import type { NodeExchange } from './node-exchange.ts';
import type { NodeOperations } from './node-operations.ts';
import { parseAnswer, parseQuestion, type Aged, type Answers, type NodeAnswer, type Question } from './node-questions.ts';
import type { Clock } from './ports/clock.ts';
import { MAX_STORED_BANS, type ClusterRecords } from './ports/cluster-records.ts';
import type { NodeBus } from './ports/node-bus.ts';
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
import { cursorBehind } from './use-cases/list-connections.ts';

export interface ClusterOperationsParts {
  readonly node: NodeId;
  readonly local: NodeOperations;
  readonly exchange: NodeExchange;
  readonly records: ClusterRecords;
  readonly bus: NodeBus;
  readonly bans: BanTable;
  readonly traces: MessageTraces;
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

type Answered<Ask extends keyof Answers> = (answers: readonly NodeAnswer<Ask>[], missing: readonly NodeId[]) => void;

/** The operations on all nodes of a cluster, and on a single node. ADM8: every act is logged by the node that was asked. */
export class ClusterOperations implements Operations {
  readonly #parts: ClusterOperationsParts;
  /** Callers that wait for the overview that is being collected. */
  #overviewWaiting: ((overview: ClusterOverview) => void)[] = [];
  #traceCount = 0;

  constructor(parts: ClusterOperationsParts) {
    this.#parts = parts;
    parts.exchange.serve((text, respond) => {
      const question = parseQuestion(text);
      // An empty answer is none: the node that asks need not wait.
      if (question === undefined) respond('');
      else parts.local.answer(question, (answer) => respond(answer === undefined ? '' : JSON.stringify(answer)));
    });
  }

  /** Calls at the same time share their questions. */
  overview(answer: (overview: ClusterOverview) => void): void {
    this.#overviewWaiting.push(answer);
    if (this.#overviewWaiting.length > 1) return;
    this.#ask({ ask: 'overview' }, undefined, (answers, missing) => {
      const overview = { nodes: answers.map(({ answer: { node } }) => node), missing };
      for (const waiting of this.#overviewWaiting.splice(0)) waiting(overview);
    });
  }

  peers(query: PeerQuery, answer: (page: PeerPage) => void): void {
    this.#ask({ ask: 'peers', query }, query.node, (answers, missing) => {
      const all = answers.flatMap(({ answer: { peers } }) => peers).sort(inOrderOfSlots);
      const isMore = all.length > query.limit || answers.some(({ answer: { next } }) => next !== undefined);
      const peers = all.slice(0, query.limit);
      answer({ peers, next: isMore ? cursorBehind(peers.at(-1)) : undefined, missing });
    });
  }

  peer(target: PeerTarget, answer: (details: PeerDetails | undefined, missing: readonly NodeId[]) => void): void {
    this.#ask({ ask: 'peer', target }, undefined, (answers, missing) => {
      const found = answers.flatMap(({ answer: { peer } }) => peer ?? []);
      answer(found.find(({ kind }) => kind === 'peer') ?? found[0], missing);
    });
  }

  expel(target: PeerTarget, act: Act, answer: (outcome: ActOutcome) => void): void {
    this.#ask({ ask: 'expel', target }, undefined, (answers, missing) => {
      const closed = closedBy(answers);
      this.#parts.local.logAct('expel', `${target.realm}/${target.id}`, act, closed);
      answer({ closed, missing });
    });
  }

  ban(request: BanRequest, act: Act, answer: (outcome: BanOutcome) => void): void {
    const { bans, records, bus, clock, local } = this.#parts;
    const checked = bans.check(request, clock.now());
    if (!checked.ok) return answer(checked);
    if (!bus.isReachable) return answer(refused({ reason: 'engine-unreachable' }));
    const ban = checked.value;
    records.putBan(storedBan(ban, clock.now()), (outcome) => {
      if (outcome === 'full') return answer(refused({ reason: 'too-many-bans', limit: MAX_STORED_BANS }));
      if (outcome === 'unavailable') return answer(refused({ reason: 'engine-unreachable' }));
      this.#ask({ ask: 'apply-bans' }, undefined, (answers, missing) => {
        const closed = closedBy(answers);
        local.logAct('ban', ban.id, act, closed);
        answer(accepted({ ban, closed, missing }));
      });
    });
  }

  unban(id: string, act: Act, answer: (outcome: UnbanOutcome) => void): void {
    const { bans, records, bus, clock, local } = this.#parts;
    const ban = bans.get(id, clock.now());
    if (ban === undefined) return answer(refused({ reason: 'no-such-ban' }));
    if (!bus.isReachable) return answer(refused({ reason: 'engine-unreachable' }));
    records.removeBan(id, (outcome) => {
      if (outcome === 'unavailable') return answer(refused({ reason: 'engine-unreachable' }));
      this.#ask({ ask: 'apply-bans' }, undefined, (_, missing) => {
        local.logAct('unban', id, act);
        answer(accepted({ ban, missing }));
      });
    });
  }

  bans(): readonly Ban[] {
    return this.#parts.bans.all(this.#parts.clock.now());
  }

  drain(node: NodeId | undefined, act: Act, answer: (isDraining: boolean) => void): void {
    const to = node ?? this.#parts.node;
    this.#ask({ ask: 'drain', act }, to, (answers) => {
      const isDraining = answers.length > 0;
      // The node that drains logs the act, too.
      if (isDraining && to !== this.#parts.node) this.#parts.local.logAct('drain', to, act);
      answer(isDraining);
    });
  }

  refusals(node: NodeId | undefined, answer: (page: JournalPage<RefusalEntry>) => void): void {
    this.#ask({ ask: 'refusals' }, node, (answers, missing) => answer({ entries: this.#merged(answers), missing }));
  }

  closes(node: NodeId | undefined, answer: (page: JournalPage<CloseEntry>) => void): void {
    this.#ask({ ask: 'closes' }, node, (answers, missing) => answer({ entries: this.#merged(answers), missing }));
  }

  trace(target: PeerTarget, act: Act, listener: TraceListener): (() => void) | undefined {
    const { traces, local, node } = this.#parts;
    const stopHere = traces.open(target, (line) => listener.line({ ...line, node }));
    if (stopHere === undefined) return undefined;
    local.logAct('trace', `${target.realm}/${target.id}`, act);
    const others = new ClusterTrace(this.#parts, target, `${node} ${++this.#traceCount}`, listener);
    return () => {
      stopHere();
      others.stop();
    };
  }

  /** Asks one node, or all. The answers are in the order of the names of the nodes. */
  #ask<Asked extends Question>(question: Asked, to: NodeId | undefined, done: Answered<Asked['ask']>): void {
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

  /** The latest entries of all answers. */
  #merged<Entry extends object>(answers: readonly JournalAnswer<Entry>[]): (Entry & JournalPlace)[] {
    const now = this.#parts.clock.now();
    const all = answers.flatMap(({ node, answer: { entries } }) =>
      entries.map(({ ago, entry }) => ({ ...entry, node, at: now - ago })),
    );
    return all.sort((one, other) => other.at - one.at).slice(0, MAX_ENTRIES);
  }
}

function byNode(one: { readonly node: NodeId }, other: { readonly node: NodeId }): number {
  return one.node < other.node ? -1 : 1;
}

function closedBy(answers: readonly NodeAnswer<'expel' | 'apply-bans'>[]): number {
  return answers.reduce((sum, { answer: { closed } }) => sum + closed, 0);
}

function inOrderOfSlots(one: PeerSummary, other: PeerSummary): number {
  const slots = slotOf(one.connection) - slotOf(other.connection);
  if (slots !== 0) return slots;
  return one.node < other.node ? -1 : 1;
}
