/** A violated invariant of the code. Input from the network never causes one. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** @param claim the condition in words. @throws Bug if the condition is false. */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Bug(`invariant violated: ${claim}`);
}

/** Default case of an exhaustive switch, unreachable by type. @throws Bug */
export function impossible(value: never): never {
  throw new Bug(`no such case: ${JSON.stringify(value)}`);
}
