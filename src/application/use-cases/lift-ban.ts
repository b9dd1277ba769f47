import { accepted, refused } from '../../domain/result.ts';
import type { Act, UnbanOutcome } from '../ports/operations.ts';
import type { BanClientParts } from './ban-client.ts';

/** ADM4, ADM15: lifts a ban on all nodes. */
export type LiftBan = (id: string, act: Act, answer: (outcome: UnbanOutcome) => void) => void;

export function liftBan({ bans, records, bus, questions, local, clock }: BanClientParts): LiftBan {
  return (id, act, answer) => {
    const ban = bans.get(id, clock.now());
    if (ban === undefined) return answer(refused({ reason: 'no-such-ban' }));
    if (!bus.isReachable) return answer(refused({ reason: 'engine-unreachable' }));
    records.removeBan(id, (outcome) => {
      if (outcome === 'unavailable') return answer(refused({ reason: 'engine-unreachable' }));
      questions.ask({ ask: 'apply-bans' }, undefined, (_, missing) => {
        local.logAct('unban', id, act);
        answer(accepted({ ban, missing }));
      });
    });
  };
}
