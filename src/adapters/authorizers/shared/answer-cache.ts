import { createHash } from 'node:crypto';
import type { Grant } from '../../../domain/grant.ts';
import type { Millis } from '../../../domain/time.ts';
import type { AuthorizeRequest } from './backend-types.ts';

const MAX_ANSWERS = 10_000;
const MAX_CHARACTERS = 8_000_000;
/** Added for each answer, in the same unit. */
const ANSWER_CHARACTERS = 250;

/** A granted answer. */
export interface CachedAnswer {
  readonly grant: Omit<Grant, 'lifetime'>;
  /** When the grant ends, as a moment of the clock; NEVER if it does not end. */
  readonly endsAt: Millis;
}

interface Entry extends CachedAnswer {
  readonly usableUntil: Millis;
  readonly characters: number;
}

/** A9: granted answers by request. When the table is full, the oldest answer leaves first. */
export class AnswerCache {
  readonly #entries = new Map<string, Entry>();
  #characters = 0;

  /**
   * The key of a request: a hash of all members on which an answer may depend, except for the address, which changes while a
   * client moves. The hash bounds the memory, and keeps secrets out of it.
   */
  keyOf({ dialect, realm, id, token, origin, headers }: AuthorizeRequest): string {
    const sorted = Object.entries(headers).sort(([one], [other]) => (one < other ? -1 : 1));
    const facts = JSON.stringify([dialect, realm, id, token, origin, sorted]);
    return createHash('sha256').update(facts).digest('base64');
  }

  find(key: string, now: Millis): CachedAnswer | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || (now < entry.usableUntil && now < entry.endsAt)) return entry;
    this.#remove(key, entry);
    return undefined;
  }

  put(key: string, answer: CachedAnswer, usableUntil: Millis): void {
    const before = this.#entries.get(key);
    if (before !== undefined) this.#remove(key, before);
    const entry = { ...answer, usableUntil, characters: charactersOf(answer) };
    this.#entries.set(key, entry);
    this.#characters += entry.characters;
    for (const [oldest, old] of this.#entries) {
      if (this.#entries.size <= MAX_ANSWERS && this.#characters <= MAX_CHARACTERS) return;
      this.#remove(oldest, old);
    }
  }

  #remove(key: string, { characters }: Entry): void {
    this.#entries.delete(key);
    this.#characters -= characters;
  }
}

/** The lists of names are the part of a grant that can be large. */
function charactersOf({ grant: { ids, realms, topics } }: CachedAnswer): number {
  const patterns = [...(ids ?? []), ...(realms ?? []), ...(topics?.publish ?? []), ...(topics?.subscribe ?? [])];
  return patterns.reduce((sum, { length }) => sum + length + 50, ANSWER_CHARACTERS);
}
