import type { Ban, BanRequest, BanTable } from '../domain/bans.ts';
import { accepted } from '../domain/result.ts';
import type { EventJournal } from './event-journal.ts';
import type { MessageTraces } from './message-traces.ts';
import type { Clock } from './ports/clock.ts';
import type { Log, OperatorAct } from './ports/log.ts';
import type {
  Act,
  ActOutcome,
  BanOutcome,
  CloseEntry,
  ClusterOverview,
  Operations,
  PeerDetails,
  PeerPage,
  PeerQuery,
  PeerTarget,
  RefusalEntry,
  TraceLine,
} from './ports/operations.ts';
import type { NodeId } from '../domain/ids.ts';
import type { BanClient } from './use-cases/ban-client.ts';
import type { DescribeNode } from './use-cases/describe-node.ts';
import type { ExpelPeer } from './use-cases/expel-peer.ts';
import type { InspectPeer } from './use-cases/inspect-peer.ts';
import type { ListConnections } from './use-cases/list-connections.ts';

export interface NodeOperationsParts {
  readonly describeNode: DescribeNode;
  readonly listConnections: ListConnections;
  readonly inspectPeer: InspectPeer;
  readonly expelPeer: ExpelPeer;
  readonly banClient: BanClient;
  readonly bans: BanTable;
  readonly journal: EventJournal;
  readonly traces: MessageTraces;
  readonly clock: Clock;
  readonly log: Log;
}

const NONE_MISSING: readonly NodeId[] = [];

/** The operations on one node. ADM8: every act is logged. */
export class NodeOperations implements Operations {
  readonly #parts: NodeOperationsParts;

  constructor(parts: NodeOperationsParts) {
    this.#parts = parts;
  }

  overview(answer: (overview: ClusterOverview) => void): void {
    answer({ nodes: [this.#parts.describeNode()], missing: NONE_MISSING });
  }

  peers(query: PeerQuery, answer: (page: PeerPage) => void): void {
    this.#parts.listConnections(query, (page) => answer({ ...page, missing: NONE_MISSING }));
  }

  peer(target: PeerTarget, answer: (details: PeerDetails | undefined, missing: readonly NodeId[]) => void): void {
    this.#parts.inspectPeer(target, (details) => answer(details, NONE_MISSING));
  }

  expel(target: PeerTarget, act: Act, answer: (outcome: ActOutcome) => void): void {
    this.#parts.expelPeer.byId(target, (closed) => {
      this.#logAct('expel', `${target.realm}/${target.id}`, act, closed);
      answer({ closed, missing: NONE_MISSING });
    });
  }

  ban(request: BanRequest, act: Act, answer: (outcome: BanOutcome) => void): void {
    this.#parts.banClient(request, (outcome) => {
      if (!outcome.ok) return answer(outcome);
      const { ban, closed } = outcome.value;
      this.#logAct('ban', ban.id, act, closed);
      answer(accepted({ ban, closed, missing: NONE_MISSING }));
    });
  }

  unban(id: string, act: Act, answer: (ban: Ban | undefined) => void): void {
    const ban = this.#parts.bans.remove(id);
    if (ban !== undefined) this.#logAct('unban', id, act);
    answer(ban);
  }

  bans(): readonly Ban[] {
    return this.#parts.bans.all(this.#parts.clock.now());
  }

  noteDrain(act: Act): void {
    this.#logAct('drain', undefined, act);
  }

  refusals(): readonly RefusalEntry[] {
    return this.#parts.journal.refusals();
  }

  closes(): readonly CloseEntry[] {
    return this.#parts.journal.closes();
  }

  trace(target: PeerTarget, act: Act, onLine: (line: TraceLine) => void): (() => void) | undefined {
    const stop = this.#parts.traces.open(target, onLine);
    if (stop !== undefined) this.#logAct('trace', `${target.realm}/${target.id}`, act);
    return stop;
  }

  #logAct(act: OperatorAct, subject: string | undefined, { reason, from }: Act, closed?: number): void {
    this.#parts.log.record({ event: 'operator-acted', act, subject, reason, from, closed });
  }
}
