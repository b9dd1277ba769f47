import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { UnbanOutcome } from '../../../../src/application/ports/operations.ts';
import { liftBan } from '../../../../src/application/use-cases/lift-ban.ts';
import { BanTable } from '../../../../src/domain/bans.ts';
import { NEVER } from '../../../../src/domain/time.ts';

const ACT = { reason: 'sorry', from: 'library' };

let removed: 'done' | 'unavailable';
let isReachable: boolean;
let calls: unknown[];

beforeEach(() => ([removed, isReachable, calls] = ['done', true, []]));

function lift(id: string): UnbanOutcome | undefined {
  let outcome: UnbanOutcome | undefined;
  const bans = new BanTable();
  bans.add({ what: 'sub', value: 'ann', realm: undefined, endsAt: NEVER, reason: undefined }, 0);
  liftBan({
    ...{ bans, bus: { isReachable }, clock: new ManualClock() },
    records: {
      removeBan(one: string, answer: (outcome: typeof removed) => void) {
        calls.push(['remove', one]);
        answer(removed);
      },
    },
    questions: {
      ask({ ask }: { ask: string }, to: undefined, done: (answers: object[], missing: string[]) => void) {
        calls.push([ask, to]);
        done([], ['far']);
      },
    },
    local: { logAct: (...logged: unknown[]) => void calls.push(['log', ...logged]) },
  } as never)(id, ACT, (one) => (outcome = one));
  return outcome;
}

describe('lifting a ban', () => {
  it('ADM4, ADM8, ADM15: removes it from the engine, applies that on all nodes, and logs it', () => {
    expect(lift('sub:ann')).toMatchObject({ ok: true, value: { ban: { value: 'ann' }, missing: ['far'] } });
    expect(calls).toEqual([
      ['remove', 'sub:ann'],
      ['apply-bans', undefined],
      ['log', 'unban', 'sub:ann', ACT],
    ]);
  });

  it('ADM4: of an unknown id is refused', () => {
    expect([lift('sub:eve'), calls]).toEqual([{ ok: false, refusal: { reason: 'no-such-ban' } }, []]);
  });

  it('ADM15: is refused without an act while the engine is unreachable', () => {
    removed = 'unavailable';
    expect(lift('sub:ann')).toEqual({ ok: false, refusal: { reason: 'engine-unreachable' } });
    isReachable = false;
    expect(lift('sub:ann')).toEqual({ ok: false, refusal: { reason: 'engine-unreachable' } });
    expect(calls).toEqual([['remove', 'sub:ann']]);
  });
});
