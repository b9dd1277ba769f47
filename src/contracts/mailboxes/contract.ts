import { lackOf, type Capability, type ContractTest } from '../contract-test.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import { AGE_CLAUSES } from './age-clauses.ts';
import { BOUND_CLAUSES } from './bound-clauses.ts';
import { OWNER_CLAUSES } from './owner-clauses.ts';
import { ROOMY, type Clause, type MailboxSubject } from './fixture.ts';
import { STORE_CLAUSES } from './store-clauses.ts';

/** Promises of every mailbox store. */
const CLAUSES: readonly Clause[] = [...STORE_CLAUSES, ...BOUND_CLAUSES, ...AGE_CLAUSES, ...OWNER_CLAUSES];

/** The limits of a clause; all other limits are high. */
function limitsOf(clause: Clause): MailboxLimits {
  return { ...ROOMY, ...clause.limits };
}

/** The capabilities that a store may lack. */
export interface MailboxCapabilities {
  /** The store counts the bytes of each realm, with the ids as they are. */
  readonly ownBytes: Capability;
}

/** The capabilities of a store that keeps all promises. */
export const ALL_CAPABILITIES: MailboxCapabilities = { ownBytes: true };

/** The tests of a mailbox store. @param start creates a new subject with these limits for each test. */
export function mailboxContract({ start, can = ALL_CAPABILITIES }: MailboxContractOptions): ContractTest[] {
  const tested = CLAUSES.filter(({ needsOwnBytes }) => needsOwnBytes !== true || can.ownBytes === true);
  const left = CLAUSES.filter((clause) => !tested.includes(clause)).map(({ name }) => name);
  const tests = tested.map((clause) => ({
    name: clause.name,
    run: async () => {
      const subject = await start(limitsOf(clause));
      try {
        await clause.run(subject);
      } finally {
        await subject.dispose();
      }
    },
  }));
  return left.length === 0 ? tests : [...tests, lackOf('ownBytes', can.ownBytes, left)];
}

/** How a store is tested. */
export interface MailboxContractOptions {
  readonly start: (limits: MailboxLimits) => Promise<MailboxSubject>;
  readonly can?: MailboxCapabilities;
}
