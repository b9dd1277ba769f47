/** A broken assumption of our own: never thrown for anything that came from the network. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** @param claim a sentence that says what holds. @throws Bug when it does not. */
export function invariant(condition: boolean, claim: string): asserts condition {
  if (!condition) throw new Bug(`does not hold: ${claim}`);
}

/** Ends an exhaustive switch: the compiler proves it is never reached. @throws Bug if it is. */
export function impossible(value: never): never {
  throw new Bug(`no such case: ${JSON.stringify(value)}`);
}
