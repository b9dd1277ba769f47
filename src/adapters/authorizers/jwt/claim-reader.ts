import type { TopicGrant } from '../../../domain/grant.ts';
import { isPattern, type NamePattern } from '../../../domain/name-patterns.ts';

type Members = Readonly<Record<string, unknown>>;

const MAX_NAME = 256;
/** Control characters, one of which separates the parts of an owner, and surrogates, which have no UTF-8 form. */
const UNPRINTABLE = /[\p{Cc}\p{Cs}]/u;

/** Reads claims. A claim that is missing is undefined; so is a claim of an unexpected type, which makes the token unsound. */
export class ClaimReader {
  #isSound = true;

  get isSound(): boolean {
    return this.#isSound;
  }

  /** A text of 1 to 256 characters. */
  name(claim: unknown): string | undefined {
    const isName = typeof claim === 'string' && claim !== '' && claim.length <= MAX_NAME && !UNPRINTABLE.test(claim);
    return this.#sound(claim, isName ? claim : undefined);
  }

  flag(claim: unknown): boolean | undefined {
    return this.#sound(claim, typeof claim === 'boolean' ? claim : undefined);
  }

  time(claim: unknown): number | undefined {
    return this.#sound(claim, typeof claim === 'number' && Number.isFinite(claim) ? claim : undefined);
  }

  rate(claim: unknown): number | undefined {
    return this.#sound(claim, typeof claim === 'number' && Number.isFinite(claim) && claim > 0 ? claim : undefined);
  }

  /** One pattern, or a list of patterns. */
  patterns(claim: unknown): readonly NamePattern[] | undefined {
    const listed: unknown[] = Array.isArray(claim) ? claim : [claim];
    return this.#sound(claim, listed.every(isPattern) ? listed : undefined);
  }

  topics(claim: unknown): TopicGrant | undefined {
    const { publish = [], subscribe = [] } = this.members(claim, TOPIC_MEMBERS);
    const [published, subscribed] = [this.patterns(publish), this.patterns(subscribe)];
    if (claim === undefined || published === undefined || subscribed === undefined) return undefined;
    return { publish: published, subscribe: subscribed };
  }

  /** An object with no other members than these, because a member that is not known may limit the token. */
  members(claim: unknown, names: ReadonlySet<string>): Members {
    const isSound = isObject(claim) && Object.keys(claim).every((name) => names.has(name));
    return this.#sound(claim, isSound ? claim : undefined) ?? {};
  }

  /** The subject as the only id. A subject that looks like a pattern would include other ids. */
  ownId(subject: string | undefined): readonly NamePattern[] {
    const isId = subject !== undefined && !subject.endsWith('*');
    if (!isId) this.#isSound = false;
    return isId ? [subject] : [];
  }

  #sound<T>(claim: unknown, value: T | undefined): T | undefined {
    if (claim !== undefined && value === undefined) this.#isSound = false;
    return claim === undefined ? undefined : value;
  }
}

const TOPIC_MEMBERS: ReadonlySet<string> = new Set(['publish', 'subscribe']);

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
