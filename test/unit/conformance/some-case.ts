import { cases, type Case, type CaseDraft } from '../../../conformance/case.ts';

/** A case about nothing, but for what is said. */
export function someCase(draft: Partial<CaseDraft> = {}): Case {
  const [one] = cases([
    {
      id: 'M1.some',
      title: 'something is done',
      severity: 'required',
      expected: 'it is seen',
      run: async () => undefined,
      ...draft,
    },
  ]);
  if (one === undefined) throw new Error('there is no case');
  return one;
}
