import { describe, it } from 'vitest';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { AGE_CLAUSES } from './age-clauses.ts';
import { BOUND_CLAUSES } from './bound-clauses.ts';
import { OWNER_CLAUSES } from './owner-clauses.ts';
import { ROOMY, type Clause, type MailboxSubject } from './fixture.ts';
import { STORE_CLAUSES } from './store-clauses.ts';

/** What every mailbox store promises. */
export const CLAUSES: readonly Clause[] = [...STORE_CLAUSES, ...BOUND_CLAUSES, ...AGE_CLAUSES, ...OWNER_CLAUSES];

/** The limits that a clause asks for, and room for everything else. */
export function limitsOf(clause: Clause): MailboxLimits {
  return { ...ROOMY, ...clause.limits };
}

/** Holds one mailbox store to all promises of its port. */
export function mailboxContract(name: string, start: (limits: MailboxLimits) => Promise<MailboxSubject>): void {
  describe(`mailbox store ${name}`, () => {
    for (const clause of CLAUSES) {
      it(clause.name, async () => {
        const subject = await start(limitsOf(clause));
        await clause.run(subject).finally(() => subject.dispose());
      });
    }
  });
}
