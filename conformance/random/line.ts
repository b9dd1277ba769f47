import type { Millis } from '../../src/domain/time.ts';

/** What must come of an attempt to open a line, by O3 to O7. */
export type Verdict = 'in' | 'taken' | 'full' | 'unfit';

/** Whom a line speaks for. */
export interface Credentials {
  /** The key of its realm. */
  readonly realm: string;
  readonly id: string;
  readonly token: string;
}

/** Why and how the server closes a line. */
export interface Ending {
  readonly rule: string;
  readonly code: number;
  /** Whether it may as well be left open. */
  readonly isOwed: boolean;
}

/** One connection, as its far end knows it. */
export interface Line extends Credentials {
  readonly name: string;
  /** What must come of it. */
  verdict: Verdict;
  /** Whether it took over from another line with the same token. */
  isReconnect: boolean;
  /** Whether it heard OPEN. */
  isWelcome: boolean;
  /** Whether it heard why it is not let in. */
  isRefused: boolean;
  isOver: boolean;
  ending: Ending | undefined;
  /** When it opened, and when each of its frames was sent. */
  readonly words: Millis[];
  /** When it was last heard in a way that counts for every server. */
  beatAt: Millis;
  /** When each of its malformed frames was sent. */
  readonly stumbles: Millis[];
  /** What its owner has said on connections before this one. */
  earlier: { readonly words: readonly Millis[]; readonly stumbles: readonly Millis[] };
}

/** A line that nobody has looked at yet. */
export function newLine(name: string, { realm, id, token }: Credentials): Line {
  return {
    name,
    realm,
    id,
    token,
    verdict: 'in',
    isReconnect: false,
    isWelcome: false,
    isRefused: false,
    isOver: false,
    ending: undefined,
    words: [],
    beatAt: 0,
    stumbles: [],
    earlier: { words: [], stumbles: [] },
  };
}

/** One id in one realm, as text. */
export function seatOf({ realm, id }: Pick<Line, 'realm' | 'id'>): string {
  return `${realm}\n${id}`;
}
