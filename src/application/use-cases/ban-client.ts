import type { BanRequest, BanTable } from '../../domain/bans.ts';
import { accepted, refused } from '../../domain/result.ts';
import { storedBan } from '../ban-sync.ts';
import { closedBy, type ClusterQuestions } from '../cluster-questions.ts';
import type { NodeOperations } from '../node-operations.ts';
import type { Clock } from '../ports/clock.ts';
import { MAX_STORED_BANS, type ClusterRecords } from '../ports/cluster-records.ts';
import type { NodeBus } from '../ports/node-bus.ts';
import type { Act, BanOutcome } from '../ports/operations.ts';

/** ADM4, ADM15: bans a client on all nodes, and closes its open connections. */
export type BanClient = (request: BanRequest, act: Act, answer: (outcome: BanOutcome) => void) => void;

export interface BanClientParts {
  readonly bans: BanTable;
  readonly records: ClusterRecords;
  readonly bus: NodeBus;
  readonly questions: ClusterQuestions;
  readonly local: NodeOperations;
  readonly clock: Clock;
}

export function banClient(parts: BanClientParts): BanClient {
  const { bans, records, bus, questions, local, clock } = parts;
  return (request, act, answer) => {
    const checked = bans.check(request, clock.now());
    if (!checked.ok) return answer(checked);
    if (!bus.isReachable) return answer(refused({ reason: 'engine-unreachable' }));
    const ban = checked.value;
    records.putBan(storedBan(ban, clock.now()), (outcome) => {
      if (outcome === 'full') return answer(refused({ reason: 'too-many-bans', limit: MAX_STORED_BANS }));
      if (outcome === 'unavailable') return answer(refused({ reason: 'engine-unreachable' }));
      questions.ask({ ask: 'apply-bans' }, undefined, (answers, missing) => {
        const closed = closedBy(answers);
        local.logAct('ban', ban.id, act, closed);
        answer(accepted({ ban, closed, missing }));
      });
    });
  };
}
