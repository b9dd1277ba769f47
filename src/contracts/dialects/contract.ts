import type { ContractTest } from '../contract-test.ts';
import { expect } from '../expect.ts';
import { CLAUSE_NAMES, type DialectSubject } from './subject.ts';

/** The tests of a dialect. They draw random input with fast-check, a package of the program, which they load when they run. */
export function dialectContract(name: string, subject: DialectSubject): ContractTest[] {
  const isNamed = async (): Promise<void> => expect(subject.make().name).toBe(name);
  const tests = CLAUSE_NAMES.map((clause) => ({
    name: clause,
    run: async () => {
      const { CLAUSES } = await loadClauses();
      await CLAUSES[clause](subject);
    },
  }));
  return [{ name: 'has its name', run: isNamed }, ...tests];
}

async function loadClauses(): Promise<typeof import('./clauses.ts')> {
  try {
    return await import('./clauses.ts');
  } catch (cause) {
    if (!String(cause).includes("'fast-check'")) throw cause;
    throw new Error('dialectContract needs the package fast-check, which is not installed: npm install --save-dev fast-check@4', {
      cause,
    });
  }
}
