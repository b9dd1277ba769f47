import type { CloseFrame } from '../../../application/ports/dialect.ts';
import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { errorLine } from './frames.ts';

/** NA8: an error that ends the connection. */
export interface Fault {
  /** The text of `-ERR`; undefined for none. */
  readonly text: string | undefined;
  readonly code: number;
  readonly why: string;
}

/** NA4, NA5, NA8. */
export const FAULTS = {
  unknownVerb: { text: 'Unknown Protocol Operation', code: 1002, why: 'protocol violation' },
  badArguments: { text: undefined, code: 1002, why: 'protocol violation' },
  badProtocol: { text: 'invalid client protocol', code: 1002, why: 'bad client protocol version' },
  longLine: { text: 'maximum control line exceeded', code: 1008, why: 'maximum control line exceeded' },
  largePayload: { text: 'Maximum Payload Violation', code: 1009, why: 'maximum message payload exceeded' },
  tooManyVerbs: { text: 'maximum verbs of a frame exceeded', code: 1008, why: 'too many verbs in one frame' },
  noHeaders: { text: 'no responders requires headers support', code: 1011, why: 'no responders requires headers' },
  notAuthorized: { text: 'Authorization Violation', code: 1008, why: 'authorization violation' },
} as const satisfies Readonly<Record<string, Fault>>;

const EXPIRED: Fault = { text: 'User Authentication Expired', code: 1008, why: 'token expired' };
const REVOKED: Fault = { text: 'User Authentication Revoked', code: 1008, why: 'removed by the operator' };
const FULL: Fault = { text: 'maximum connections exceeded', code: 1008, why: 'maximum connections exceeded' };
const MANY_TOPICS: Fault = { text: 'maximum subscriptions exceeded', code: 1008, why: 'too many topics' };
const LATE: Fault = { text: 'Authentication Timeout', code: 1008, why: 'authentication timeout' };

/** NA5. */
const REFUSALS: Record<OpenRefusal['reason'], Fault> = {
  'credentials-missing': FAULTS.notAuthorized,
  'key-unknown': FAULTS.notAuthorized,
  'peer-id-empty': FAULTS.notAuthorized,
  'peer-id-too-long': FAULTS.notAuthorized,
  'peer-id-unprintable': FAULTS.notAuthorized,
  'id-taken': FAULTS.notAuthorized,
  'realm-full': FULL,
  'too-many-realms': FULL,
  'token-missing': FAULTS.notAuthorized,
  'token-invalid': FAULTS.notAuthorized,
  'token-expired': EXPIRED,
  'token-early': FAULTS.notAuthorized,
  'realm-not-granted': FAULTS.notAuthorized,
  'id-not-granted': FAULTS.notAuthorized,
  'id-reserved': FAULTS.notAuthorized,
  'not-admitted': FAULTS.notAuthorized,
  // Without an error of authorization, the client tries again.
  'authorizer-unreachable': { text: undefined, code: 1013, why: 'authorization is out of reach, try again later' },
  banned: REVOKED,
};

/** NA6, NA8. */
const ENDINGS: Record<Ending, Fault> = {
  left: { text: undefined, code: 1000, why: 'left' },
  superseded: REVOKED,
  silent: { text: 'Stale Connection', code: 1001, why: 'stale connection' },
  malformed: FAULTS.badArguments,
  flooding: { text: 'maximum message rate exceeded', code: 1008, why: 'too many messages' },
  overreaching: MANY_TOPICS,
  hoarding: { text: 'Slow Consumer', code: 1008, why: 'holds too much memory' },
  restarting: { text: undefined, code: 1012, why: 'server is restarting' },
  expired: EXPIRED,
  removed: REVOKED,
  fault: { text: undefined, code: 1011, why: 'internal error' },
};

export function refusalFrame({ reason }: OpenRefusal): CloseFrame {
  return frameOf(REFUSALS[reason]);
}

/** @param isOpen whether the client has introduced itself (W3). */
export function endingFrame(ending: Ending, isOpen: boolean): CloseFrame {
  return frameOf(ending === 'silent' && !isOpen ? LATE : ENDINGS[ending]);
}

export function frameOf({ text, code, why }: Fault): CloseFrame {
  return { frame: text === undefined ? undefined : errorLine(text), code, why };
}
