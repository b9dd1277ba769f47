const NAMES: Readonly<Record<string, string>> = {
  H: 'HTTP',
  O: 'Opening a socket',
  M: 'Messages',
  L: 'Liveness and leaving',
  X: 'Legacy clients',
  A: 'Authentication',
  I: 'ICE servers',
  MER: 'Mercure',
  REL: 'Topic relay',
  CF: 'Centrifuge',
  NA: 'NATS',
  MQ: 'MQTT',
  SB: 'Supabase Realtime',
};
const ORDER = Object.keys(NAMES);

/** An item that belongs to a rule. */
interface Ruled {
  readonly rule: string;
}

/** The items of one rule family. */
export interface Family<T> {
  /** The letters of its rules: `M`. */
  readonly letters: string;
  readonly name: string;
  /** In their original order. */
  readonly members: readonly T[];
}

/** Groups items by rule family, in the order of the protocol documents; unknown families are last. */
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
