import { OPTION_NAMES, type OptionName } from './options.ts';

/** Names in `Config` that differ from the option's name in camel case. */
const RENAMED = {
  key: 'keys',
  auth_key: 'authKeys',
  cleanup_out_msgs: 'sweepInterval',
  malformed_limit: 'malformedPerWindow',
} as const;

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<CamelCase<Tail>>}` : Name;

/** The name of an option in `Config`. */
export type ConfigName<Name extends OptionName> = Name extends keyof typeof RENAMED ? (typeof RENAMED)[Name] : CamelCase<Name>;

/** All spellings of an option for programs. */
export type Spelling<Name extends OptionName> = Name | CamelCase<Name> | ConfigName<Name>;

export function configName(name: OptionName): string {
  return (RENAMED as Partial<Record<OptionName, string>>)[name] ?? camelCase(name);
}

/** The spellings of an option: `expire_timeout`, `expire-timeout`, `expireTimeout`. */
export function spellingsOf(name: OptionName): readonly string[] {
  return [...new Set([name, name.replaceAll('_', '-'), camelCase(name), configName(name)])];
}

const BY_SPELLING = new Map(OPTION_NAMES.flatMap((name) => spellingsOf(name).map((spelling) => [spelling, name] as const)));

/** The option with that spelling, if any. */
export function optionNamed(spelling: string): OptionName | undefined {
  return BY_SPELLING.get(spelling);
}

/** The known word with the smallest edit distance; undefined when none is close. */
export function nearest(written: string, known: readonly string[]): string | undefined {
  const reach = Math.max(1, Math.floor(written.length / 3));
  const distances = known.map((word) => ({ word, distance: editDistance(written, word) }));
  const [best] = distances.filter(({ distance }) => distance <= reach).sort((one, other) => one.distance - other.distance);
  return best?.word;
}

/** A suggestion for an unknown name, to append to a message; empty when no known name is close. */
export function suggestion(written: string, known: readonly string[]): string {
  const meant = nearest(written, known);
  return meant === undefined ? '' : `; did you mean ${meant}?`;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** The number of letters to insert, remove, replace or swap with their neighbour. */
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, j) => j);
  for (let i = 1; i <= one.length; i++) {
    const row = [i];
    for (let j = 1; j <= other.length; j++) {
      const replaced = at(last, j - 1) + (one[i - 1] === other[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      const swapped = isSwap ? at(before, j - 2) + 1 : Infinity;
      row.push(Math.min(replaced, at(last, j) + 1, at(row, j - 1) + 1, swapped));
    }
    before = last;
    last = row;
  }
  return at(last, other.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
