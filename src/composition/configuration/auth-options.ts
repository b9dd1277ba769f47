import { claimText, reservedIds, tokenKeys, trustedIssuers, webAddress } from './auth-option-types.ts';
import { choice, integer, maybe, option, type Option } from './option.ts';

const COMMON = { group: 'Authentication' } as const;

/** The options that decide who may connect. */
export const AUTH_OPTIONS = {
  auth: option(choice(['open', 'optional', 'required']), {
    ...COMMON,
    description:
      'Clients that may connect. open: every client that has the key. optional: clients without a JSON Web Token too, but ' +
      'a token must be valid. required: only clients with a valid token.',
    effect: 'Other clients: ERROR "Authentication required" or "Invalid token", and close 1008 (A1, A6).',
    default: 'open',
  }),
  auth_key: option(tokenKeys(), {
    ...COMMON,
    description:
      'Key that verifies tokens: a shared secret, or one public key as PEM or JWK. Repeat the option while keys are rotated; ' +
      'tokens of each key are valid.',
    effect: 'A token of another key: ERROR "Invalid token" and close 1008 (A2).',
    default: [],
  }),
  auth_jwks: option(maybe(webAddress()), {
    ...COMMON,
    description:
      'URL of the key set (JWKS) of an identity provider, in place of auth_key. The broker fetches it again when it expires. ' +
      'Requires auth_issuer and auth_audience.',
    effect: 'While no key can be fetched: ERROR "Authorisation is out of reach, try again later" and close 1013 (A10).',
    default: undefined,
  }),
  auth_issuer: option(maybe(claimText('<issuer>', "the claim iss of your tokens, such as 'https://login.example.org/'")), {
    ...COMMON,
    description: 'Issuer of tokens: their claim iss must be exactly this text. Without it, iss is not checked.',
    effect: 'A token of another issuer: ERROR "Invalid token" and close 1008 (A2).',
    default: undefined,
  }),
  auth_issuers: option(trustedIssuers(), {
    ...COMMON,
    description:
      'Several issuers, as a JSON list of objects with issuer, keys or jwks, audience and realms. In place of auth_key, ' +
      'auth_jwks and auth_issuer. Use the file or the library: a list in the environment is JSON text.',
    effect: 'A token is verified with the keys of its issuer only, and allows no other realms than those of its issuer (A2).',
    default: [],
  }),
  auth_audience: option(claimText('<audience>', 'a text of 1 to 256 characters'), {
    ...COMMON,
    description:
      'Audience of tokens: their claim aud must contain it. A token without aud is valid only for keys of auth_key, and ' +
      'with the default.',
    effect: 'A token for another audience: ERROR "Invalid token" and close 1008 (A2).',
    default: 'signalbox',
  }),
  auth_id_claim: option(choice(['signalbox.id', 'sub']), {
    ...COMMON,
    description:
      'Claim with the ids that a token allows. With sub, the id of a peer is the subject of its token; for providers that ' +
      'can not add claims.',
    effect: 'Another id: ERROR "This token is not for the id …" and close 1008 (A3).',
    default: 'signalbox.id',
  }),
  auth_leeway: option(integer({ unit: 's', min: 0, max: 60 }), {
    ...COMMON,
    description: 'Difference of the clocks of issuer and broker that is allowed, in seconds, for exp and nbf.',
    effect: 'Beyond it: ERROR "Token expired" or "Token not valid yet: check the clocks" (A2).',
    default: 5,
  }),
  auth_at_expiry: option(choice(['close', 'keep']), {
    ...COMMON,
    description: 'Action when the token of an open peer expires: close, or keep the connection until it ends for another reason.',
    effect: 'close: ERROR "Token expired" and close 4003 (A5).',
    default: 'close',
  }),
  reserved_ids: option(reservedIds(), {
    ...COMMON,
    description: 'Ids that only a token with a claim for them may take. A * at the end stands for any text. Repeat the option.',
    effect: 'Without such a token: the id is taken (A3, O4).',
    default: [],
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
