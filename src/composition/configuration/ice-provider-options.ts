import { choice, maybe, option, text, type Option, type ValueType } from './option.ts';
import { secret } from './option-types.ts';

const COMMON = { group: 'ICE servers' } as const;

/** I11: the options of a provider of TURN servers. */
export const ICE_PROVIDER_OPTIONS = {
  ice_provider: option(maybe(choice(['cloudflare', 'twilio', 'metered', 'url'])), {
    ...COMMON,
    description:
      'Service that the broker asks for TURN servers, in place of turn: cloudflare, twilio, metered, or url for a service of ' +
      'your own. The broker asks for credentials with the lifetime turn_ttl, and gives the same ones to all clients.',
    effect: 'While the service is out of reach, clients receive its last answer, and later only STUN (I11).',
    default: undefined,
  }),
  ice_provider_id: option(maybe(providerId()), {
    ...COMMON,
    description:
      'Account at the provider: the id of a TURN key for cloudflare, the account SID for twilio, the name of the ' +
      'application for metered.',
    default: undefined,
  }),
  ice_provider_secret: option(maybe(providerSecret()), {
    ...COMMON,
    description:
      'Secret of the account: the API token of the TURN key for cloudflare, the auth token for twilio, the secret key for ' +
      'metered. For url, it is optional and sent as a bearer token.',
    default: undefined,
  }),
  ice_provider_url: option(maybe(providerUrl()), {
    ...COMMON,
    description: 'URL that ice_provider url requests with GET. Its answer has the form of {key}/ice, with iceServers and ttl.',
    default: undefined,
  }),
} as const satisfies Readonly<Record<string, Option<unknown, unknown>>>;

function providerId(): ValueType<string> {
  return text({
    placeholder: '<id>',
    allowed: "a text of 1 to 128 letters, digits, '_', '-' and '.'",
    parse: (value) => (/^[\w.-]{1,128}$/.test(value) ? value : undefined),
  });
}

function providerSecret(): ValueType<string> {
  return secret(
    text({
      placeholder: '<secret>',
      allowed: 'a text of 1 to 512 ASCII characters without blanks',
      parse: (value) => (/^[!-~]{1,512}$/.test(value) ? value : undefined),
    }),
  );
}

/** The URL may contain an API key, so it is never shown. */
function providerUrl(): ValueType<string> {
  return secret(
    text({
      placeholder: '<url>',
      allowed: 'an https URL without user and password, such as https://example.org/ice; http is allowed for loopback only',
      parse: (value) => (isProviderUrl(value) ? value : undefined),
    }),
  );
}

const LOOPBACK_HOST = /^(localhost|127(\.\d+){3}|\[::1\])$/;

function isProviderUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password } = new URL(value);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOST.test(hostname));
}
