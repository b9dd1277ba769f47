import type { Grant, TopicGrant } from '../../../domain/grant.ts';
import { isPattern, type NamePattern } from '../../../domain/name-patterns.ts';
import { accepted, refused, type Result } from '../../../domain/result.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import type { AllowAnswer, DenyAnswer } from './backend-types.ts';

/** An answer that has the right form. */
export type Verdict =
  | { readonly allow: false; readonly message: string }
  | {
      readonly allow: true;
      readonly grant: Omit<Grant, 'lifetime'>;
      /** Unix time in milliseconds; NEVER if the grant does not end. */
      readonly until: Millis;
      readonly cache: Millis;
    };

const MAX_MESSAGE = 120;
const MAX_USER = 256;
const MAX_NAMES = 100;
const MAX_RATE = 1_000_000;
const MAX_CACHE_SECONDS = 3_600;
/** Later than the year 5000. A larger number is a time in milliseconds by mistake, and would never end. */
const MAX_UNIX_SECONDS = 99_999_999_999;

/** The text for a client that is denied without a message. */
const DENIED = 'Not allowed';

/** The check of one member, and the allowed values as a phrase after "it must be". */
interface Member {
  readonly allowed: string;
  readonly isValid: (value: unknown) => boolean;
}

const FLAG: Member = { allowed: 'true or false', isValid: (value) => typeof value === 'boolean' };
const NAMES: Member = {
  allowed: `a list of at most ${MAX_NAMES} texts of 1 to 256 characters, each with at most one * at its end`,
  isValid: isNames,
};

const ALLOW_MEMBERS: Readonly<Record<keyof AllowAnswer, Member>> = {
  allow: FLAG,
  user: {
    allowed: `a text of 1 to ${MAX_USER} characters without control characters`,
    isValid: (value) => isText(value, MAX_USER),
  },
  until: {
    allowed: `a Unix time in seconds up to ${MAX_UNIX_SECONDS}`,
    isValid: (value) => isNumber(value, 0, MAX_UNIX_SECONDS),
  },
  ids: NAMES,
  realms: NAMES,
  ice: FLAG,
  rate: {
    allowed: `a whole number from 1 to ${MAX_RATE}`,
    isValid: (value) => Number.isInteger(value) && isNumber(value, 1, MAX_RATE),
  },
  discover: FLAG,
  topics: { allowed: 'an object with the lists publish and subscribe', isValid: isTopics },
  cache: {
    allowed: `a number of seconds from 0 to ${MAX_CACHE_SECONDS}`,
    isValid: (value) => isNumber(value, 0, MAX_CACHE_SECONDS),
  },
};

const DENY_MEMBERS: Readonly<Record<keyof DenyAnswer, Member>> = {
  allow: FLAG,
  message: {
    allowed: `a text of 1 to ${MAX_MESSAGE} characters without control characters`,
    isValid: (value) => isText(value, MAX_MESSAGE),
  },
};

/**
 * A9: reads the answer of a backend. Rejects members that have another type or are unknown, because an ignored restriction would
 * grant more than the backend meant.
 * @returns the reason for the log if the answer has another form: the name of the member, and no value.
 */
export function readAnswer(raw: unknown, reservedIds: readonly NamePattern[]): Result<Verdict, string> {
  if (!isObject(raw)) return refused('the answer is no JSON object');
  if (!FLAG.isValid(raw['allow'])) return refused(`allow must be ${FLAG.allowed}`);
  const members: Readonly<Record<string, Member>> = raw['allow'] === true ? ALLOW_MEMBERS : DENY_MEMBERS;
  for (const [name, value] of Object.entries(raw)) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (member === undefined) {
      return refused(`the member ${shortened(name)} is not known: use ${Object.keys(members).join(', ')}`);
    }
    // An embedding program may have members that are undefined; JSON has none.
    if (value !== undefined && !member.isValid(value)) return refused(`${name} must be ${member.allowed}`);
  }
  const answer = raw as unknown as AllowAnswer | DenyAnswer;
  if (!answer.allow) return accepted({ allow: false, message: answer.message ?? DENIED });
  return accepted(allowed(answer, reservedIds));
}

function allowed(answer: AllowAnswer, reservedIds: readonly NamePattern[]): Verdict {
  const { user, until, ids, realms, ice = true, rate, discover = false, topics, cache = 0 } = answer;
  return {
    allow: true,
    grant: {
      owner: user === undefined ? undefined : `w:${user}`,
      subject: user,
      tokenId: undefined,
      // Copied, because an embedding program may change its lists later.
      ids: ids && [...ids],
      reservedIds,
      realms: realms && [...realms],
      messagesPerSecond: rate,
      mayDiscover: discover,
      mayUseIce: ice,
      topics: topics && topicGrant(topics),
    },
    until: until === undefined ? NEVER : until * 1_000,
    cache: cache * 1_000,
  };
}

/** A list that is absent grants no topic, because the answer restricts topics. */
function topicGrant({ publish = [], subscribe = [] }: NonNullable<AllowAnswer['topics']>): TopicGrant {
  return { publish, subscribe };
}

function isTopics(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).every(([name, list]) => TOPIC_LISTS.has(name) && (list === undefined || isNames(list)));
}

const TOPIC_LISTS: ReadonlySet<string> = new Set(['publish', 'subscribe']);

function isNames(value: unknown): boolean {
  return Array.isArray(value) && value.length <= MAX_NAMES && value.every(isPattern);
}

function isText(value: unknown, maxLength: number): boolean {
  return typeof value === 'string' && value.length > 0 && value.length <= maxLength && !/[\p{Cc}\p{Cs}]/u.test(value);
}

function isNumber(value: unknown, min: number, max: number): boolean {
  return typeof value === 'number' && value >= min && value <= max;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name that the backend chose, for the log. */
function shortened(name: string): string {
  return JSON.stringify(name.length > 40 ? `${name.slice(0, 40)}…` : name);
}
