import { flag, integer, maybe, option, type Option } from './option.ts';
import { forwardedHeaders, webhookHeader, webhookSecret, webhookUrl } from './webhook-option-types.ts';

const COMMON = { group: 'Authentication' } as const;

/** The options of the webhook, which decides about clients without a JSON Web Token. */
export const WEBHOOK_OPTIONS = {
  auth_url: option(maybe(webhookUrl()), {
    ...COMMON,
    description:
      'URL of your backend, which decides about each client without a JSON Web Token. The broker sends it a POST request ' +
      'with the id, the token and the address of the client.',
    effect:
      'Denied: ERROR with the text of the backend, and close 1008. No usable answer: ERROR "Authorisation is out of reach, ' +
      'try again later", and close 1013 (A9).',
    default: undefined,
  }),
  auth_url_secret: option(maybe(webhookSecret()), {
    ...COMMON,
    description: 'Secret that signs the requests to auth_url, so that the backend can reject requests of others.',
    effect: 'Requests have the header signalbox-signature: t=<Unix time>,v1=<HMAC-SHA256 of time, dot and body> (A9).',
    default: undefined,
  }),
  auth_url_always: option(flag(), {
    ...COMMON,
    description: 'Asks the backend also about clients with a valid JSON Web Token. They have the rights that both grant.',
    default: false,
  }),
  auth_header: option(maybe(webhookHeader()), {
    ...COMMON,
    description: "Header of the requests to auth_url, such as 'authorization: Bearer …'.",
    default: undefined,
  }),
  auth_forward: option(forwardedHeaders(), {
    ...COMMON,
    description:
      'Names of request headers of clients that the backend receives, such as cookie, authorization or user-agent. cookie ' +
      'requires a list of origins in cors.',
    default: [],
  }),
  auth_timeout: option(integer({ unit: 'ms', min: 1, max: 10_000 }), {
    ...COMMON,
    description: 'Time that the backend has for an answer.',
    effect: 'No answer in time: ERROR "Authorisation is out of reach, try again later", and close 1013 (A9).',
    default: 1_000,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;
