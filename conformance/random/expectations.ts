import type { Millis } from '../../src/domain/time.ts';
import { PEER_LIMITS, SIGNALBOX_LIMITS, UNKNOWN_LIMITS, type Limits } from './limits.ts';

/** Behaviours in which servers differ. True: required. False: optional; the behaviour of `peer` is accepted as well. */
export interface ServerBehaviours {
  /** O5: a reconnect receives OPEN, and the old socket is closed. */
  readonly reconnectGetsOpen: boolean;
  /** M7: the server closes the socket after LEAVE. */
  readonly leaveCloses: boolean;
  /** O4, O5, O6, O7, M7, M10, M19, L1: the server closes with the code of the rule. */
  readonly usesCloseCodes: boolean;
  /** M2: payloads keep their bytes, not only their value. */
  readonly keepsPayloadBytes: boolean;
  /** O7: the server refuses an invalid id. */
  readonly validatesIds: boolean;
  /** M8: every message keeps a peer alive, not only HEARTBEAT. */
  readonly anyMessageKeepsAlive: boolean;
  /** M14: each message expires individually, not with the first message of its mailbox. */
  readonly messagesExpireIndividually: boolean;
  /** M15: EXPIRE goes to the owner that sent the message, not to a later owner of the id. */
  readonly expireOnlyToSender: boolean;
  /** M10: the server still processes a socket after a frame that is not JSON. */
  readonly toleratesMalformed: boolean;
}

/** Time tolerances. All are 0 with a manual clock. */
export interface Tolerance {
  /** How much too early an event may appear, because of rounding. */
  readonly early: Millis;
  /** How much too late an event may arrive, on a busy machine. */
  readonly late: Millis;
  /** The variation of the delay between two frames. */
  readonly jitter: Millis;
}

/** The model's expectations of a server. */
export interface Expectations {
  readonly behaviours: ServerBehaviours;
  readonly limits: Limits;
  readonly tolerance: Tolerance;
}

export const EXACT: Tolerance = { early: 0, late: 0, jitter: 0 };
const NETWORK_TOLERANCE: Tolerance = { early: 20, late: 3_000, jitter: 500 };

/** All recommended behaviours. */
export const STRICT_BEHAVIOURS: ServerBehaviours = {
  reconnectGetsOpen: true,
  leaveCloses: true,
  usesCloseCodes: true,
  keepsPayloadBytes: true,
  validatesIds: true,
  anyMessageKeepsAlive: true,
  messagesExpireIndividually: true,
  expireOnlyToSender: true,
  toleratesMalformed: true,
};

/** The behaviours of `peer` are accepted unless they harm other peers. */
const COMPATIBLE_BEHAVIOURS: ServerBehaviours = {
  reconnectGetsOpen: false,
  leaveCloses: false,
  usesCloseCodes: false,
  keepsPayloadBytes: false,
  validatesIds: false,
  anyMessageKeepsAlive: false,
  messagesExpireIndividually: false,
  expireOnlyToSender: false,
  toleratesMalformed: true,
};

/**
 * - `signalbox`: all rules, and the default limits of Signalbox;
 * - `compatible`: for an unknown server. The behaviours of `peer` 1.0.2 are accepted unless they harm other peers. Unknown limits
 * are not tested;
 * - `peer`: the same with the limits of `peer` 1.0.2, which also ignores a socket after a malformed frame.
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
