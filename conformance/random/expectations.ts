import type { Millis } from '../../src/domain/time.ts';
import { PEER_LIMITS, SIGNALBOX_LIMITS, UNKNOWN_LIMITS, type Limits } from './limits.ts';

/** Where servers differ. True: it must be so. False: it may be so, or as the reference has it. */
export interface Habits {
  /** O5: a reconnect hears OPEN, and its old socket is closed. */
  readonly reconnectIsWelcome: boolean;
  /** M7: who says LEAVE is closed. */
  readonly leavingCloses: boolean;
  /** O4, O5, O6, O7, M7, M10, M19, L1: what the server closes, it closes with the code of the rule. */
  readonly closesWithCodes: boolean;
  /** O7: an id that can be nobody's is refused. */
  readonly idsAreChecked: boolean;
  /** M8: every message keeps a peer alive, not only HEARTBEAT. */
  readonly everyWordCounts: boolean;
  /** M14: each message has its own age; it does not share that of its mailbox. */
  readonly messagesAgeAlone: boolean;
  /** M15: EXPIRE goes to the owner that has written, not to a later owner of its id. */
  readonly onlyOwnersAreTold: boolean;
  /** M10: a socket hears on after a frame that is no JSON. */
  readonly malformedIsForgiven: boolean;
}

/** How exactly time is told. All zero: the clock is ours. */
export interface Tolerance {
  /** How much too early something may seem to come: clocks round. */
  readonly early: Millis;
  /** How much too late something may come: machines are busy. */
  readonly late: Millis;
  /** How much the time between two frames may change on their way. */
  readonly jitter: Millis;
}

/** What the model holds a server to. */
export interface Expectations {
  readonly habits: Habits;
  readonly limits: Limits;
  readonly tolerance: Tolerance;
}

export const EXACT: Tolerance = { early: 0, late: 0, jitter: 0 };
const OVER_A_NETWORK: Tolerance = { early: 20, late: 3_000, jitter: 500 };

/** All that the rules recommend. */
export const STRICT_HABITS: Habits = {
  reconnectIsWelcome: true,
  leavingCloses: true,
  closesWithCodes: true,
  idsAreChecked: true,
  everyWordCounts: true,
  messagesAgeAlone: true,
  onlyOwnersAreTold: true,
  malformedIsForgiven: true,
};

/** What the reference does is fine too, as long as it harms nobody. */
const COMPATIBLE_HABITS: Habits = {
  reconnectIsWelcome: false,
  leavingCloses: false,
  closesWithCodes: false,
  idsAreChecked: false,
  everyWordCounts: false,
  messagesAgeAlone: false,
  onlyOwnersAreTold: false,
  malformedIsForgiven: true,
};

/**
 * - `signalbox`: the rules to the letter, and the limits that Signalbox has where it is told none;
 * - `compatible`: for a server that nobody knows. What `peer` 1.0.2 does is fine too, unless it harms peers; limits that
 *   are not told are not judged;
 * - `peer`: what `peer` 1.0.2 is known to do. The same, with its limits, and a socket that went deaf is no surprise.
 */
export type ExpectationsName = 'signalbox' | 'compatible' | 'peer';

export const EXPECTATIONS: Readonly<Record<ExpectationsName, Expectations>> = {
  signalbox: { habits: STRICT_HABITS, limits: SIGNALBOX_LIMITS, tolerance: OVER_A_NETWORK },
  compatible: { habits: COMPATIBLE_HABITS, limits: UNKNOWN_LIMITS, tolerance: OVER_A_NETWORK },
  peer: { habits: { ...COMPATIBLE_HABITS, malformedIsForgiven: false }, limits: PEER_LIMITS, tolerance: OVER_A_NETWORK },
};
