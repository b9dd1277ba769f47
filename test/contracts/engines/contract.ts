import { describe, it } from 'vitest';
import type { MailboxLimits } from '../../../src/domain/mailbox-table.ts';
import { busContract, type BusSubject } from '../buses/contract.ts';
import { recordsContract, type RecordsSubject } from '../cluster-records/contract.ts';
import { directoryContract, type DirectorySubject } from '../directories/contract.ts';
import { mailboxContract } from '../mailboxes/contract.ts';
import type { MailboxSubject } from '../mailboxes/fixture.ts';
import { SHARED_CLAUSES, type EngineSubject } from './shared-clauses.ts';

/** Each call returns the parts of a new, empty engine. */
export interface EngineSubjects {
  directory(): Promise<DirectorySubject>;
  mailboxes(limits: MailboxLimits): Promise<MailboxSubject>;
  bus(): Promise<BusSubject>;
  records(): Promise<RecordsSubject>;
  whole(): Promise<EngineSubject>;
}

/** Tests an engine against the promises of its ports. @param isWhole whether it has own bytes of mailboxes, and own records. */
export function engineContract(name: string, subjects: EngineSubjects, isWhole = true): void {
  directoryContract(name, 'lapse', () => subjects.directory());
  mailboxContract(name, (limits) => subjects.mailboxes(limits), isWhole);
  busContract(name, () => subjects.bus());
  if (isWhole) recordsContract(name, () => subjects.records());
  sharedContract(name, true, () => subjects.whole());
}

/** @param isSeparate whether the engine is a server of its own, which processes of several versions may share. */
export function sharedContract(name: string, isSeparate: boolean, start: () => Promise<EngineSubject>): void {
  describe(`directory and mailboxes of ${name}`, () => {
    for (const clause of SHARED_CLAUSES) {
      if ((clause.needsCount === true || clause.needsVersions === true) && !isSeparate) continue;
      it(clause.name, async () => {
        const subject = await start();
        await clause.run(subject).finally(() => subject.dispose());
      });
    }
  });
}
