const NAMES: Readonly<Record<string, string>> = {
  H: 'HTTP',
  O: 'Opening a socket',
  M: 'Messages',
  L: 'Liveness and leaving',
  X: 'Older clients',
  MER: 'Mercure',
  REL: 'The topic relay',
};
const ORDER = Object.keys(NAMES);

/** What has a rule, and stands with others of its family in a report. */
interface Ruled {
  readonly rule: string;
}

/** The things of one family of rules. */
export interface Family<T> {
  /** The letters in front of its rules: `M`. */
  readonly letters: string;
  readonly name: string;
  /** In the order in which they were given. */
  readonly members: readonly T[];
}

/** Things by the letters of their rules, in the order of the protocol; families that it does not know come last. */
export function familiesOf<T extends Ruled>(things: readonly T[]): readonly Family<T>[] {
  const families = new Map<string, T[]>();
  for (const thing of things) {
    const letters = /^[A-Z]+/i.exec(thing.rule)?.[0] ?? '';
    families.set(letters, [...(families.get(letters) ?? []), thing]);
  }
  return Array.from(families, ([letters, members]) => ({ letters, name: nameOf(letters), members })).sort(
    (one, other) => rank(one.letters) - rank(other.letters),
  );
}

function nameOf(letters: string): string {
  if (Object.hasOwn(NAMES, letters)) return NAMES[letters] ?? '';
  return letters === '' ? 'Other rules' : `Rules ${letters}`;
}

function rank(letters: string): number {
  const known = ORDER.indexOf(letters);
  return known < 0 ? ORDER.length : known;
}
