import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '../../../../src/adapters/clocks/manual.ts';
import type { BanOutcome } from '../../../../src/application/ports/operations.ts';
import { banClient } from '../../../../src/application/use-cases/ban-client.ts';
import { BanTable } from '../../../../src/domain/bans.ts';

const ACT = { reason: 'spam', from: '127.0.0.1' };

let stored: 'done' | 'full' | 'unavailable';
let isReachable: boolean;
let calls: unknown[];

beforeEach(() => ([stored, isReachable, calls] = ['done', true, []]));

function ban(value = 'ann'): BanOutcome | undefined {
  let outcome: BanOutcome | undefined;
  const request = { what: 'id', value, realm: undefined, endsAt: 5_000, reason: 'spam' } as const;
  const clock = new ManualClock();
  clock.advance(2_000);
  banClient({
    ...{ bans: new BanTable(), bus: { isReachable }, clock },
    records: {
      putBan(one: object, answer: (outcome: typeof stored) => void) {
        calls.push(['store', one]);
        answer(stored);
      },
    },
    questions: {
      ask({ ask }: { ask: string }, to: undefined, done: (answers: object[], missing: string[]) => void) {
        calls.push([ask, to]);
        done([{ answer: { closed: 1 } }, { answer: { closed: 2 } }], ['far']);
      },
    },
    local: { logAct: (...logged: unknown[]) => void calls.push(['log', ...logged]) },
  } as never)(request, ACT, (one) => (outcome = one));
  return outcome;
}

describe('banning a client', () => {
  it('ADM4, ADM8, ADM15: stores the ban with the time until its end, applies it on all nodes, and logs what was closed', () => {
    expect(ban()).toMatchObject({ ok: true, value: { closed: 3, missing: ['far'], ban: { id: 'id:*/ann' } } });
    expect(calls).toMatchObject([
      ['store', { id: 'id:*/ann', endsIn: 3_000 }],
      ['apply-bans', undefined],
      ['log', 'ban', 'id:*/ann', ACT, 3],
    ]);
  });

  it('ADM15: is refused without an act while the engine can not store it', () => {
    stored = 'unavailable';
    expect(ban()).toEqual({ ok: false, refusal: { reason: 'engine-unreachable' } });
    stored = 'full';
    expect(ban()).toEqual({ ok: false, refusal: { reason: 'too-many-bans', limit: 11_000 } });
    isReachable = false;
    expect(ban()).toEqual({ ok: false, refusal: { reason: 'engine-unreachable' } });
    expect(calls.map((call) => (call as string[])[0])).toEqual(['store', 'store']);
  });

  it('ADM4: is refused for an unusable value, before anything is stored', () => {
    expect(ban('')).toEqual({ ok: false, refusal: { reason: 'ban-value-unusable' } });
    expect(calls).toEqual([]);
  });
});
