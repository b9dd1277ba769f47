import type { CloseFrame } from '../../../application/ports/dialect.ts';
import type { AccessRefusal, Ending, OpenRefusal } from '../../../domain/refusal.ts';
import { accessCloseReason, accessText, NEEDS_TOKEN, NOT_ALLOWED, REMOVED } from './access-refusals.ts';

/** The close frames of refused connections, for a dialect without a refusal message. */
const REFUSAL_CLOSE_FRAMES: Record<Exclude<OpenRefusal['reason'], AccessRefusal['reason']>, CloseFrame> = {
  'credentials-missing': closeOnly(1008, 'No id, token, or key supplied'),
  'key-unknown': closeOnly(1008, 'Invalid key provided'),
  'peer-id-empty': closeOnly(1008, 'No id, token, or key supplied'),
  'peer-id-too-long': closeOnly(1008, 'Invalid id'),
  'peer-id-unprintable': closeOnly(1008, 'Invalid id'),
  'id-taken': closeOnly(1008, 'ID is taken'),
  'realm-full': closeOnly(1013, 'Server has reached its concurrent user limit'),
  'too-many-realms': closeOnly(1013, 'Server has reached its limit of keys in use'),
};

/** A6: the close frame of a refused connection, for a dialect without a refusal message. */
export function refusalCloseFrame(refusal: OpenRefusal): CloseFrame {
  if (isFixed(refusal)) return REFUSAL_CLOSE_FRAMES[refusal.reason];
  if (refusal.reason === 'id-reserved') return REFUSAL_CLOSE_FRAMES['id-taken'];
  if (refusal.reason === 'authorizer-unreachable') return closeOnly(1013, accessCloseReason(refusal));
  if (refusal.reason === 'banned') return ENDING_CLOSE_FRAMES.removed;
  // The token is good, so that the log alone says what it lacks.
  return NEEDS_TOKEN.has(refusal.reason) ? closeOnly(4401, accessCloseReason(refusal)) : closeOnly(4403, NOT_ALLOWED);
}

/** A6: the text of a refusal, for a dialect whose message is longer than a close frame. */
export function refusalText(refusal: OpenRefusal): string {
  return isFixed(refusal) ? REFUSAL_CLOSE_FRAMES[refusal.reason].why : accessText(refusal);
}

function isFixed(refusal: OpenRefusal): refusal is Exclude<OpenRefusal, AccessRefusal> {
  return refusal.reason in REFUSAL_CLOSE_FRAMES;
}

/** The close frames of open connections. A client that does not use close codes sees a lost socket. */
export const ENDING_CLOSE_FRAMES: Record<Ending, CloseFrame> = {
  left: closeOnly(1000, 'left'),
  superseded: closeOnly(4001, 'superseded'),
  silent: closeOnly(4002, 'silent for too long'),
  malformed: closeOnly(1007, 'too many malformed messages'),
  flooding: closeOnly(1008, 'too many messages'),
  overreaching: closeOnly(1008, 'too many topics'),
  expired: closeOnly(4003, 'token expired'),
  removed: closeOnly(4004, REMOVED),
  hoarding: closeOnly(1008, 'holds too much memory'),
  restarting: closeOnly(1012, 'server is restarting'),
  fault: closeOnly(1011, 'internal error'),
};

function closeOnly(code: number, why: string): CloseFrame {
  return { frame: undefined, code, why };
}
