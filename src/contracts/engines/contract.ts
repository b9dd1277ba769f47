import type { MailboxLimits } from '../../domain/mailbox-table.ts';
import { busContract, type BusSubject } from '../buses/contract.ts';
import { recordsContract, type RecordsSubject } from '../cluster-records/contract.ts';
import { type Capability, type ContractTest, lackOf } from '../contract-test.ts';
import { directoryContract } from '../directories/contract.ts';
import type { DirectorySubject } from '../directories/fixture.ts';
import { mailboxContract, type MailboxCapabilities } from '../mailboxes/contract.ts';
import type { MailboxSubject } from '../mailboxes/fixture.ts';
import type { EngineSubject } from './fixture.ts';
import { SHARED_CLAUSES } from './shared-clauses.ts';

/** Each call returns the parts of a new, empty engine. */
export interface EngineSubjects {
  directory(): Promise<DirectorySubject>;
  mailboxes(limits: MailboxLimits): Promise<MailboxSubject>;
  bus(): Promise<BusSubject>;
  /** Undefined for an engine that has no records of its own. */
  readonly records?: () => Promise<RecordsSubject>;
  whole(): Promise<EngineSubject>;
}

/** The capabilities that an engine may lack. */
export interface EngineCapabilities extends MailboxCapabilities {
  /** Processes of several format versions may connect to the engine. */
  readonly versions: Capability;
}

/** The tests of an engine: those of its three ports, and those of all of them together. */
export function engineContract(
  subjects: EngineSubjects,
  { versions = true, ...capabilities }: Partial<EngineCapabilities> = {},
): ContractTest[] {
  const { records } = subjects;
  const can = { durable: 'no: the engine outlives the nodes, and keeps its own time', ...capabilities } as const;
  return [
    ...within(
      'directory',
      directoryContract('lapse', () => subjects.directory()),
    ),
    ...within('mailboxes', mailboxContract({ start: (limits) => subjects.mailboxes(limits), can })),
    ...within(
      'bus',
      busContract(() => subjects.bus()),
    ),
    ...within('records', records === undefined ? [] : recordsContract(() => records())),
    ...within(
      'engine',
      testsOf({ count: true, versions }, () => subjects.whole()),
    ),
  ];
}

/** The tests of ports that share their state. @param isSeparate whether processes of several versions may share the state. */
export function sharedContract(isSeparate: boolean, start: () => Promise<EngineSubject>): ContractTest[] {
  const can = isSeparate ? true : ('no: the state is in the process' as const);
  return testsOf({ count: can, versions: can }, start);
}

function testsOf(
  { count, versions }: { readonly count: Capability; readonly versions: Capability },
  start: () => Promise<EngineSubject>,
): ContractTest[] {
  const lacks = ({ needsCount, needsVersions }: (typeof SHARED_CLAUSES)[number]): Capability =>
    needsCount === true && count !== true ? count : needsVersions === true ? versions : true;
  const tests = SHARED_CLAUSES.filter((clause) => lacks(clause) === true).map(({ name, run }) => ({
    name,
    run: async () => {
      const subject = await start();
      try {
        await run(subject);
      } finally {
        await subject.dispose();
      }
    },
  }));
  const left = SHARED_CLAUSES.filter((clause) => lacks(clause) !== true);
  const [reason] = left.map(lacks);
  if (reason === undefined) return tests;
  const names = left.map(({ name }) => name);
  return [...tests, lackOf(count === true ? 'versions' : 'a server of its own', reason, names)];
}

function within(port: string, tests: readonly ContractTest[]): ContractTest[] {
  return tests.map(({ name, run }) => ({ name: `${port}: ${name}`, run }));
}
