import { cases, type Case, type CaseDraft } from '../../../conformance/case.ts';

/** A case with defaults. */
export function someCase(draft: Partial<CaseDraft> = {}): Case {
  const [one] = cases([
    {
      id: 'M1.some',
      title: 'a client does something',
      severity: 'required',
      expected: 'the server reacts',
      run: async () => undefined,
      ...draft,
    },
  ]);
  if (one === undefined) throw new Error('there is no case');
  return one;
}
