import type { Ending, OpenRefusal } from '../../../domain/refusal.ts';
import type { RequestRefusal } from '../../../domain/topic.ts';

/** MQ6, MQ11, MQ12, MQ14, MQ16: the reason codes of version 5.0 that the broker sends. */
export const REASONS = {
  success: 0x00,
  noSubscribers: 0x10,
  noSubscription: 0x11,
  unspecified: 0x80,
  malformed: 0x81,
  protocolError: 0x82,
  clientId: 0x85,
  password: 0x86,
  notAuthorized: 0x87,
  unavailable: 0x88,
  banned: 0x8a,
  restarting: 0x8b,
  authenticationMethod: 0x8c,
  keepAlive: 0x8d,
  takenOver: 0x8e,
  filterInvalid: 0x8f,
  topicInvalid: 0x90,
  topicAlias: 0x94,
  tooLarge: 0x95,
  rateTooHigh: 0x96,
  quota: 0x97,
  administrative: 0x98,
  retainUnavailable: 0x9a,
  connectTime: 0xa0,
  identifiersUnavailable: 0xa1,
} as const;

/** MQ6: the return codes of CONNACK in version 3.1.1. */
export const RETURN_CODES = { version: 1, clientId: 2, unavailable: 3, password: 4, notAuthorized: 5 } as const;

/** MQ6: the answer to a client that is refused, in both versions. */
interface ConnectRefusal {
  readonly code3: number;
  readonly code5: number;
}

const NOT_AUTHORIZED: ConnectRefusal = { code3: RETURN_CODES.notAuthorized, code5: REASONS.notAuthorized };
const PASSWORD: ConnectRefusal = { code3: RETURN_CODES.password, code5: REASONS.password };
const CLIENT_ID: ConnectRefusal = { code3: RETURN_CODES.clientId, code5: REASONS.clientId };
const QUOTA: ConnectRefusal = { code3: RETURN_CODES.unavailable, code5: REASONS.quota };

/** MQ6. */
export const CONNECT_REFUSALS: Record<OpenRefusal['reason'], ConnectRefusal> = {
  'credentials-missing': NOT_AUTHORIZED,
  'key-unknown': NOT_AUTHORIZED,
  'peer-id-empty': CLIENT_ID,
  'peer-id-too-long': CLIENT_ID,
  'peer-id-unprintable': CLIENT_ID,
  'id-taken': CLIENT_ID,
  'realm-full': QUOTA,
  'too-many-realms': QUOTA,
  'token-missing': NOT_AUTHORIZED,
  'token-invalid': PASSWORD,
  'token-expired': PASSWORD,
  'token-early': PASSWORD,
  'realm-not-granted': NOT_AUTHORIZED,
  'id-not-granted': NOT_AUTHORIZED,
  'id-reserved': NOT_AUTHORIZED,
  'not-admitted': NOT_AUTHORIZED,
  'authorizer-unreachable': { code3: RETURN_CODES.unavailable, code5: REASONS.unavailable },
  banned: { code3: RETURN_CODES.notAuthorized, code5: REASONS.banned },
};

/** MQ11: the reason of the last DISCONNECT of the broker. A client that left receives none. */
export const ENDINGS: Record<Exclude<Ending, 'left'>, number> = {
  superseded: REASONS.takenOver,
  silent: REASONS.keepAlive,
  malformed: REASONS.malformed,
  flooding: REASONS.rateTooHigh,
  overreaching: REASONS.quota,
  hoarding: REASONS.quota,
  restarting: REASONS.restarting,
  expired: REASONS.connectTime,
  removed: REASONS.administrative,
  fault: REASONS.unspecified,
};

/** MQ14: a filter that is refused. */
export const FILTER_REFUSALS: Record<RequestRefusal, number> = {
  'topic-unusable': REASONS.filterInvalid,
  'too-many-topics': REASONS.quota,
  'not-allowed': REASONS.notAuthorized,
  'payload-too-large': REASONS.quota,
};

/** MQ16: a publication that is refused. */
export const PUBLISH_REFUSALS: Record<RequestRefusal, number> = {
  'topic-unusable': REASONS.topicInvalid,
  'too-many-topics': REASONS.quota,
  'not-allowed': REASONS.notAuthorized,
  'payload-too-large': REASONS.quota,
};
