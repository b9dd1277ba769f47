import type { Millis } from '../../src/domain/time.ts';
import { PEER_LIMITS, SIGNALBOX_LIMITS, UNKNOWN_LIMITS, type Limits } from './limits.ts';

/** Where servers differ. True: it must be so. False: it may be so, or as the reference has it. */
export interface ServerBehaviours {
  /** O5: a reconnect hears OPEN, and its old socket is closed. */
  readonly reconnectGetsOpen: boolean;
  /** M7: who says LEAVE is closed. */
  readonly leaveCloses: boolean;
  /** O4, O5, O6, O7, M7, M10, M19, L1: what the server closes, it closes with the code of the rule. */
  readonly usesCloseCodes: boolean;
  /** O7: an id that can be nobody's is refused. */
  readonly validatesIds: boolean;
  /** M8: every message keeps a peer alive, not only HEARTBEAT. */
  readonly anyMessageKeepsAlive: boolean;
  /** M14: each message has its own age; it does not share that of its mailbox. */
  readonly messagesExpireIndividually: boolean;
  /** M15: EXPIRE goes to the owner that has written, not to a later owner of its id. */
  readonly expireOnlyToSender: boolean;
  /** M10: a socket hears on after a frame that is no JSON. */
  readonly toleratesMalformed: boolean;
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
  readonly behaviours: ServerBehaviours;
  readonly limits: Limits;
  readonly tolerance: Tolerance;
}

export const EXACT: Tolerance = { early: 0, late: 0, jitter: 0 };
const NETWORK_TOLERANCE: Tolerance = { early: 20, late: 3_000, jitter: 500 };

/** All that the rules recommend. */
export const STRICT_BEHAVIOURS: ServerBehaviours = {
  reconnectGetsOpen: true,
  leaveCloses: true,
  usesCloseCodes: true,
  validatesIds: true,
  anyMessageKeepsAlive: true,
  messagesExpireIndividually: true,
  expireOnlyToSender: true,
  toleratesMalformed: true,
};

/** What the reference does is fine too, as long as it harms nobody. */
const COMPATIBLE_BEHAVIOURS: ServerBehaviours = {
  reconnectGetsOpen: false,
  leaveCloses: false,
  usesCloseCodes: false,
  validatesIds: false,
  anyMessageKeepsAlive: false,
  messagesExpireIndividually: false,
  expireOnlyToSender: false,
  toleratesMalformed: true,
};

/**
 * - `signalbox`: the rules to the letter, and the limits that Signalbox has where it is told none;
 * - `compatible`: for a server that nobody knows. What `peer` 1.0.2 does is fine too, unless it harms peers; limits that
 *   are not told are not judged;
 * - `peer`: what `peer` 1.0.2 is known to do. The same, with its limits, and a socket that went deaf is no surprise.
 */
export type ExpectationsName = 'signalbox' | 'compatible' | 'peer';

export const EXPECTATIONS: Readonly<Record<ExpectationsName, Expectations>> = {
  signalbox: { behaviours: STRICT_BEHAVIOURS, limits: SIGNALBOX_LIMITS, tolerance: NETWORK_TOLERANCE },
  compatible: { behaviours: COMPATIBLE_BEHAVIOURS, limits: UNKNOWN_LIMITS, tolerance: NETWORK_TOLERANCE },
  peer: {
    behaviours: { ...COMPATIBLE_BEHAVIOURS, toleratesMalformed: false },
    limits: PEER_LIMITS,
    tolerance: NETWORK_TOLERANCE,
  },
};
