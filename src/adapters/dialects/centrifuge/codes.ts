import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { RequestRefusal } from '../../../domain/topic.ts';

/** CF12: the error of one command. */
export interface CommandError {
  readonly code: number;
  readonly message: string;
  /** The client tries again. */
  readonly temporary?: true;
}

/** CF12. */
export const ERRORS = {
  internal: { code: 100, message: 'internal server error', temporary: true },
  unauthorized: { code: 101, message: 'unauthorized' },
  permissionDenied: { code: 103, message: 'permission denied' },
  methodNotFound: { code: 104, message: 'method not found' },
  limitExceeded: { code: 106, message: 'limit exceeded' },
  badRequest: { code: 107, message: 'bad request' },
  notAvailable: { code: 108, message: 'not available' },
  tokenExpired: { code: 109, message: 'token expired' },
  tooManyRequests: { code: 111, message: 'too many requests', temporary: true },
} as const satisfies Readonly<Record<string, CommandError>>;

/** CF13: a close code. After 3500 to 3999, the client does not reconnect. */
export interface CloseCode {
  readonly code: number;
  readonly why: string;
}

/** CF13. */
export const CLOSES = {
  shutdown: { code: 3001, why: 'shutdown' },
  serverError: { code: 3004, why: 'internal server error' },
  expired: { code: 3005, why: 'connection expired' },
  noPong: { code: 3012, why: 'no pong' },
  tooManyRequests: { code: 3013, why: 'too many requests' },
  invalidToken: { code: 3500, why: 'invalid token' },
  badRequest: { code: 3501, why: 'bad request' },
  stale: { code: 3502, why: 'stale' },
  forcedOut: { code: 3503, why: 'force disconnect' },
  channelLimit: { code: 3505, why: 'channel limit' },
  permissionDenied: { code: 3507, why: 'permission denied' },
  notAvailable: { code: 3508, why: 'not available' },
} as const satisfies Readonly<Record<string, CloseCode>>;

/** CF3, CF11, CF12: the answer to `connect`, and the close behind it. */
export const REFUSALS: Record<OpenRefusal['reason'], { readonly error?: CommandError; readonly close: CloseCode }> = {
  'credentials-missing': { error: ERRORS.unauthorized, close: CLOSES.invalidToken },
  'key-unknown': { error: ERRORS.unauthorized, close: CLOSES.invalidToken },
  'peer-id-empty': { error: ERRORS.badRequest, close: CLOSES.badRequest },
  'peer-id-too-long': { error: ERRORS.badRequest, close: CLOSES.badRequest },
  'peer-id-unprintable': { error: ERRORS.badRequest, close: CLOSES.badRequest },
  'id-taken': { error: ERRORS.permissionDenied, close: CLOSES.permissionDenied },
  // The client comes back after a close only, and not after an error.
  'realm-full': { close: CLOSES.tooManyRequests },
  'too-many-realms': { close: CLOSES.tooManyRequests },
  'token-missing': { error: ERRORS.unauthorized, close: CLOSES.invalidToken },
  'token-invalid': { error: ERRORS.unauthorized, close: CLOSES.invalidToken },
  'token-expired': { error: ERRORS.tokenExpired, close: CLOSES.expired },
  'token-early': { error: ERRORS.unauthorized, close: CLOSES.invalidToken },
  'realm-not-granted': { error: ERRORS.permissionDenied, close: CLOSES.permissionDenied },
  'id-not-granted': { error: ERRORS.permissionDenied, close: CLOSES.permissionDenied },
  'id-reserved': { error: ERRORS.permissionDenied, close: CLOSES.permissionDenied },
  'not-admitted': { error: ERRORS.permissionDenied, close: CLOSES.permissionDenied },
  'authorizer-unreachable': { error: ERRORS.internal, close: CLOSES.serverError },
  banned: { error: ERRORS.permissionDenied, close: CLOSES.forcedOut },
};

/** CF13. */
export const ENDINGS: Record<Ending, CloseCode> = {
  left: { code: 1000, why: 'left' },
  superseded: CLOSES.forcedOut,
  silent: CLOSES.noPong,
  malformed: CLOSES.badRequest,
  flooding: CLOSES.tooManyRequests,
  overreaching: CLOSES.channelLimit,
  hoarding: CLOSES.tooManyRequests,
  restarting: CLOSES.shutdown,
  expired: CLOSES.expired,
  removed: CLOSES.forcedOut,
  fault: CLOSES.serverError,
};

/** W5, CF12. */
export const REQUEST_ERRORS: Record<RequestRefusal, CommandError> = {
  'topic-unusable': ERRORS.badRequest,
  'too-many-topics': ERRORS.limitExceeded,
  'not-allowed': ERRORS.permissionDenied,
  'payload-too-large': ERRORS.limitExceeded,
};
