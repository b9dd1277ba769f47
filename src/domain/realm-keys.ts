import { realmKey, type RealmKey } from './ids.ts';

/** R1: length of a key, in UTF-16 units. */
export const MAX_KEY_LENGTH = 128;

/** Stands for one or more characters in a pattern. */
const WILDCARD = '*';

// Slashes separate path segments; control characters separate texts in engines; an unpaired surrogate has no UTF-8 form.
const INVALID_IN_KEY = /[/\p{Cc}\p{Cs}]/u;

/** Whether a key of the configuration is a pattern. */
export function isKeyPattern(text: string): boolean {
  return text.includes(WILDCARD);
}

/** R1: whether a text can be the key of a realm, or a pattern of keys: at most one `*`. */
export function isValidKey(text: string): boolean {
  const isOfLength = text.length > 0 && text.length <= MAX_KEY_LENGTH;
  return isOfLength && !INVALID_IN_KEY.test(text) && text.indexOf(WILDCARD) === text.lastIndexOf(WILDCARD);
}

/** The literal keys and the patterns of the configuration. */
export class RealmKeys {
  readonly literals: readonly RealmKey[];
  readonly #patterns: readonly { readonly prefix: string; readonly suffix: string }[];

  constructor(keys: readonly string[]) {
    this.literals = keys.filter((key) => !isKeyPattern(key)).map(realmKey);
    this.#patterns = keys.filter(isKeyPattern).map((key) => {
      const [prefix = '', suffix = ''] = key.split(WILDCARD);
      return { prefix, suffix };
    });
  }

  get hasPatterns(): boolean {
    return this.#patterns.length > 0;
  }

  /**
   * R1: the key of a realm by pattern, as a copy.
   * @param text any text.
   * @returns undefined if no pattern matches, or no realm can have the key.
   */
  match(text: string): RealmKey | undefined {
    const isMatch = this.#patterns.some(
      ({ prefix, suffix }) => text.length > prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix),
    );
    if (!isMatch || text.length > MAX_KEY_LENGTH || INVALID_IN_KEY.test(text)) return undefined;
    // A slice of a query would keep the whole query in memory.
    return realmKey([...text].join(''));
  }
}
