import { lackOf, type Capability, type ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import type { TimeOfDay } from '../../domain/time.ts';
import { AGE_CLAUSES } from './age-clauses.ts';
import { BOUND_CLAUSES } from './bound-clauses.ts';
import { DURABLE_CLAUSES } from './durable-clauses.ts';
import { OWNER_CLAUSES } from './owner-clauses.ts';
import { ROOMY, type Clause, type DurableClause, type MailboxSubject } from './fixture.ts';
import { ManualTime } from './manual-time.ts';
import { STORE_CLAUSES } from './store-clauses.ts';

/** Promises of every mailbox store. */
const CLAUSES: readonly Clause[] = [...STORE_CLAUSES, ...BOUND_CLAUSES, ...AGE_CLAUSES, ...OWNER_CLAUSES];

/** The limits of a clause; all other limits are high. */
function limitsOf(clause: Pick<Clause, 'limits'>): MailboxLimits {
  return { ...ROOMY, ...clause.limits };
}

/** The capabilities that a store may lack. */
export interface MailboxCapabilities {
  /** The store counts the bytes of each realm, with the ids as they are. */
  readonly ownBytes: Capability;
  /** M24: the messages outlive the process. The subject then has `durable`. */
  readonly durable: Capability;
}

/** The capabilities of a store that declares none. */
const DECLARED: MailboxCapabilities = { ownBytes: true, durable: 'no: the store does not declare it' };

/** The tests of a mailbox store. */
export function mailboxContract({ start, can: declared }: MailboxContractOptions): ContractTest[] {
  const can = { ...DECLARED, ...declared };
  const tested = CLAUSES.filter(({ needsOwnBytes }) => needsOwnBytes !== true || can.ownBytes === true);
  const left = CLAUSES.filter((clause) => !tested.includes(clause)).map(({ name }) => name);
  const tests = tested.map((clause) => testOf(clause, start, (subject) => clause.run(subject)));
  return [
    ...tests,
    ...(left.length === 0 ? [] : [lackOf('ownBytes', can.ownBytes, left)]),
    ...(can.durable === true
      ? DURABLE_CLAUSES.map((clause) => durableTest(clause, start))
      : [
          lackOf(
            'durable',
            can.durable,
            DURABLE_CLAUSES.map(({ name }) => name),
          ),
        ]),
  ];
}

type Start = MailboxContractOptions['start'];

function testOf(
  clause: Pick<Clause, 'name' | 'limits'>,
  start: Start,
  run: (subject: MailboxSubject, time: ManualTime) => Promise<void>,
): ContractTest {
  return {
    name: clause.name,
    run: async () => {
      const time = new ManualTime();
      const subject = await start(limitsOf(clause), time);
      try {
        await run(subject, time);
      } finally {
        await subject.dispose();
      }
    },
  };
}

function durableTest(clause: DurableClause, start: Start): ContractTest {
  return testOf(clause, start, (subject, time) => {
    if (subject.durable === undefined) return expect.fail('the subject of a durable store must have the property durable');
    return clause.run(subject, subject.durable, time);
  });
}

/** How a store is tested. */
export interface MailboxContractOptions {
  /**
   * Creates a new subject for each test, with a store that is started.
   * @param time for the method `start` of a durable store.
   */
  readonly start: (limits: MailboxLimits, time: TimeOfDay) => Promise<MailboxSubject>;
  readonly can?: Partial<MailboxCapabilities>;
}
