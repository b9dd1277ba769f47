import { choice, flag, integer, maybe, option, type Option } from './option.ts';
import { turnPassword, turnSecrets, turnUser } from './option-types.ts';
import { ICE_PROVIDER_OPTIONS } from './ice-provider-options.ts';
import { stunUrls, turnUrls } from './ice-url.ts';

const COMMON = { group: 'ICE servers' } as const;

/** The options of the ICE servers that the broker gives to its clients. */
export const ICE_OPTIONS = {
  stun: option(stunUrls(), {
    ...COMMON,
    description: 'URL of a STUN server that clients receive. Repeat the option for several URLs.',
    effect: 'Without stun, turn and ice_provider: 404 for {key}/ice (I1).',
    default: [],
  }),
  turn: option(turnUrls(), {
    ...COMMON,
    description:
      'URL of a TURN server that clients receive. Repeat the option for several URLs, such as one for UDP, one for TCP ' +
      'and one for TLS on port 443. Requires turn_secret, or turn_user and turn_password.',
    effect: 'Clients receive the URLs with credentials (I2).',
    default: [],
  }),
  turn_secret: option(turnSecrets(), {
    ...COMMON,
    description:
      'Secret shared with the TURN servers, static-auth-secret of coturn. The broker signs with the first one; a second ' +
      'one may stay listed while the secrets are rotated.',
    effect: 'Each client receives credentials of its own, which expire (I7).',
    default: [],
  }),
  turn_user: option(maybe(turnUser()), {
    ...COMMON,
    description: 'User name for TURN servers with fixed credentials, in place of turn_secret. Requires turn_password.',
    effect: 'All clients receive the same credentials (I8).',
    default: undefined,
  }),
  turn_password: option(maybe(turnPassword()), {
    ...COMMON,
    description: 'Password of turn_user.',
    default: undefined,
  }),
  turn_ttl: option(integer({ unit: 's', min: 60, max: 86_400 }), {
    ...COMMON,
    description:
      'Lifetime of TURN credentials, in seconds. TURN servers check it when a connection starts; running connections ' +
      'continue. A provider may shorten it.',
    effect: 'Clients ask again after three quarters of it (I2).',
    default: 3600,
  }),
  ...ICE_PROVIDER_OPTIONS,

  ice_access: option(choice(['peers', 'everybody']), {
    ...COMMON,
    description:
      'Clients that receive ICE servers: peers are clients with the id and token of an open peer; everybody is every ' +
      'client that has the key, of the origins in cors.',
    effect: 'Other clients: 401 (I3, I4).',
    default: 'peers',
  }),
  ice_push: option(flag(), {
    ...COMMON,
    dialects: ['peerjs'],
    description:
      'Sends ICE servers to PeerJS clients before OPEN, and again before they expire, in a message that pages have to ' +
      'expect. The stock client ignores the message.',
    effect: 'Message ICE; OPEN may be up to 2 s later while a provider does not answer (I12).',
    default: false,
  }),
  ice_rate_limit: option(integer({ unit: '', min: 0, max: 1_000_000_000 }), {
    ...COMMON,
    description: 'Maximum number of requests for ICE servers from one address in a minute. 0 is unlimited.',
    effect: 'At the limit: 429 (I6).',
    default: 20,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
