import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import { CLAUSE_NAMES, STATEFUL_CLAUSE_NAMES, type DialectSubject, type StatefulDialectSubject } from './subject.ts';

/** The tests of a dialect. They draw random input with fast-check, a package of the program, which they load when they run. */
export function dialectContract(name: string, subject: DialectSubject): ContractTest[] {
  const isNamed = async (): Promise<void> => expect(subject.make().name).toBe(name);
  const tests = CLAUSE_NAMES.map((clause) => ({
    name: clause,
    run: async () => {
      const { CLAUSES } = await withFastCheck(() => import('./clauses.ts'));
      await CLAUSES[clause](subject);
    },
  }));
  return [{ name: 'has its name', run: isNamed }, ...tests];
}

/** The tests of a stateful dialect and its conversations. They draw random input with fast-check, too. */
export function statefulDialectContract(name: string, subject: StatefulDialectSubject): ContractTest[] {
  const isNamed = async (): Promise<void> => expect(subject.make().name).toBe(name);
  const tests = STATEFUL_CLAUSE_NAMES.map((clause) => ({
    name: clause,
    run: async () => {
      const { STATEFUL_CLAUSES } = await withFastCheck(() => import('./stateful-clauses.ts'));
      await STATEFUL_CLAUSES[clause](subject);
    },
  }));
  return [{ name: 'has its name', run: isNamed }, ...tests];
}

async function withFastCheck<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    if (!String(cause).includes("'fast-check'")) throw cause;
    throw new Error('dialectContract needs the package fast-check, which is not installed: npm install --save-dev fast-check@4', {
      cause,
    });
  }
}
