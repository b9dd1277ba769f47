import { describe, it } from 'vitest';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { AGE_CLAUSES } from './age-clauses.ts';
import { BOUND_CLAUSES } from './bound-clauses.ts';
import { OWNER_CLAUSES } from './owner-clauses.ts';
import { ROOMY, type Clause, type MailboxSubject } from './fixture.ts';
import { STORE_CLAUSES } from './store-clauses.ts';

/** Promises of every mailbox store. */
export const CLAUSES: readonly Clause[] = [...STORE_CLAUSES, ...BOUND_CLAUSES, ...AGE_CLAUSES, ...OWNER_CLAUSES];

/** The limits of a clause; all other limits are high. */
export function limitsOf(clause: Clause): MailboxLimits {
  return { ...ROOMY, ...clause.limits };
}

/** Tests all promises of the port. @param hasOwnBytes see `Clause.needsOwnBytes`. */
export function mailboxContract(
  name: string,
  start: (limits: MailboxLimits) => Promise<MailboxSubject>,
  hasOwnBytes = true,
): void {
  describe(`mailbox store ${name}`, () => {
    for (const clause of CLAUSES) {
      if (clause.needsOwnBytes === true && !hasOwnBytes) continue;
      it(clause.name, async () => {
        const subject = await start(limitsOf(clause));
        await clause.run(subject).finally(() => subject.dispose());
      });
    }
  });
}
