import { describe, expect, it } from 'vitest';
import type { ClusterRecords, StoredBan } from '../../../src/application/ports/cluster-records.ts';
import { NEVER } from '../../../src/domain/time.ts';
import { HERE, RECORDS_CLAUSES, THERE } from '../../../src/contracts/cluster-records/contract.ts';
import { memoryRecords } from './memory.ts';

type Change = (correct: ClusterRecords) => Partial<ClusterRecords>;

const changedBans =
  (change: (ban: StoredBan) => StoredBan): Change =>
  (correct) => ({
    readBans: (known, answer) =>
      correct.readBans(known, (outcome) =>
        answer(typeof outcome === 'string' ? outcome : { ...outcome, bans: outcome.bans.map(change) }),
      ),
  });

const changedRevision =
  (change: (revision: string | undefined) => string | undefined): Change =>
  (correct) => ({
    readBans: (known, answer) =>
      correct.readBans(known, (outcome) =>
        answer(typeof outcome === 'string' ? outcome : { ...outcome, revision: change(outcome.revision) }),
      ),
  });

const MUTANTS: readonly { readonly fault: string; readonly make: Change; readonly fails: readonly number[] }[] = [
  { fault: 'lists dead nodes', make: () => ({ nodes: (answer) => answer([HERE, THERE]) }), fails: [0] },
  { fault: 'loses the reason of a ban', make: changedBans((ban) => ({ ...ban, reason: undefined })), fails: [1] },
  { fault: 'loses the realm of a ban', make: changedBans((ban) => ({ ...ban, realm: undefined })), fails: [1] },
  { fault: 'loses the end of a ban', make: changedBans((ban) => ({ ...ban, endsIn: NEVER })), fails: [1, 2] },
  {
    fault: 'keeps the first of two bans with the same id',
    make(correct) {
      const known = new Set<string>();
      return {
        putBan(ban, answer) {
          if (known.has(ban.id)) return answer('done');
          known.add(ban.id);
          correct.putBan(ban, answer);
        },
      };
    },
    fails: [1, 4],
  },
  { fault: 'removes no ban', make: () => ({ removeBan: (_id, answer) => answer('done') }), fails: [3, 4] },
  {
    fault: 'removes all bans',
    make: (correct) => ({
      removeBan: (_id, answer) =>
        correct.readBans(undefined, (all) => {
          for (const { id } of typeof all === 'string' ? [] : all.bans) correct.removeBan(id, () => undefined);
          answer('done');
        }),
    }),
    fails: [3],
  },
  {
    fault: 'answers unchanged to no one',
    make: (correct) => ({ readBans: (_, answer) => correct.readBans('', answer) }),
    fails: [4],
  },
  { fault: 'has one revision for all', make: changedRevision((revision) => revision && 'one'), fails: [4, 5] },
  { fault: 'has a revision without a ban', make: changedRevision((revision) => revision ?? 'none'), fails: [5] },
  { fault: 'has no revision', make: changedRevision(() => undefined), fails: [3, 4, 5] },
];

describe.each(MUTANTS)('cluster records: a mutant that $fault', ({ make, fails }) => {
  it.each(RECORDS_CLAUSES.map((clause, number) => ({ ...clause, number })))('$name', async ({ run, number }) => {
    const isCaught = await run(memoryRecords(make)).then(
      () => false,
      () => true,
    );
    expect(isCaught).toBe(fails.includes(number));
  });
});
