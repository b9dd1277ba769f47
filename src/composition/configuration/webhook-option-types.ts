import { refused } from '../../domain/result.ts';
import { list, text, type ValueType } from './option.ts';
import { secret } from './option-types.ts';

const NAME = /^[!#$%&'*+.^_`|~\w-]{1,64}$/;

/** Headers of an HTTP request that the connection determines, or that the broker sends itself. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  ...['host', 'content-length', 'content-type', 'content-encoding', 'connection', 'keep-alive', 'transfer-encoding'],
  ...['upgrade', 'expect', 'te', 'trailer', 'signalbox-signature'],
]);

const MAX_FORWARDED = 16;
const MIN_SECRET = 32;

/** A9: the URL of a webhook. It is never shown, because its query may contain a secret. */
export function webhookUrl(): ValueType<string> {
  return secret(
    text({
      placeholder: '<url>',
      allowed: "an http or https URL without user, password and fragment, such as 'https://app.example.org/signalbox'",
      parse: (value) => (isWebhookUrl(value) ? value : undefined),
    }),
  );
}

function isWebhookUrl(value: string): boolean {
  if (!/^https?:\/\//i.test(value) || value.includes('#') || /[\s\p{Cc}]/u.test(value) || !URL.canParse(value)) return false;
  const { username, password } = new URL(value);
  return username === '' && password === '';
}

/** A9: the key of the signatures. It is never shown. */
export function webhookSecret(): ValueType<string> {
  return secret(
    text({
      placeholder: '<secret>',
      allowed: `a text of ${MIN_SECRET} to 255 characters without blanks`,
      parse: (value) => (value.length < MIN_SECRET || value.length > 255 || /[\s\p{Cc}]/u.test(value) ? undefined : value),
    }),
  );
}

/** A9: one header with its value, which is never shown. */
export function webhookHeader(): ValueType<string> {
  return secret(
    text({
      placeholder: '<header>',
      allowed:
        "a header as 'name: value' in ASCII, such as 'authorization: Bearer …'; no header that the connection or the broker sets",
      parse: (value) => (headerParts(value) === undefined ? undefined : value),
    }),
  );
}

/** The name, in lower case, and the value of a header; undefined for any other text. */
export function headerParts(header: string): readonly [name: string, value: string] | undefined {
  const [, name = '', value = ''] = /^([^:]+):[ \t]*([\x20-\x7e]{1,4096})$/.exec(header) ?? [];
  const lower = name.toLowerCase();
  return NAME.test(name) && !OWN_HEADERS.has(lower) && value.trim() !== '' ? [lower, value.trim()] : undefined;
}

/** A9: names of headers of clients. */
export function forwardedHeaders(): ValueType<readonly string[], string | readonly string[]> {
  const form = list({
    placeholder: '<name>',
    allowed: `at most ${MAX_FORWARDED} names of headers, such as 'cookie', 'authorization' or 'user-agent'`,
    parse: (value) => (NAME.test(value) ? value.toLowerCase() : undefined),
  });
  return {
    ...form,
    read: (raw) => {
      const names = form.read(raw);
      return names.ok && names.value.length > MAX_FORWARDED ? refused(raw) : names;
    },
  };
}
