import { MIN_SECRET_BYTES, readTokenKey } from '../../adapters/token-verifiers/jwt/token-key.ts';
import { parseSubnet, type TrustedProxies } from '../../adapters/client-addresses/proxied.ts';
import { isValidKey, MAX_KEY_LENGTH } from '../../domain/realm-keys.ts';
import { accepted, refused } from '../../domain/result.ts';
import { flag, HIDDEN, type ValueType, list, text, UnusableSecret } from './option.ts';

const CONTROL = /\p{Cc}/u;

/** A host to listen on. An IPv6 address may have brackets. */
export function host(): ValueType<string> {
  return text({
    placeholder: '<host>',
    allowed: "a host name or an address, such as '127.0.0.1' or '::'",
    parse: (value) => (/^(\[[\da-f:.]+\]|[\w.:%-]+)$/i.test(value) ? value.replace(/^\[|\]$/g, '') : undefined),
  });
}

const SETTINGS: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  'redis:': { sentinel: /./ },
  'rediss:': { sentinel: /./ },
  'nats:': { replicas: /^[1-5]$/, credentials: /./ },
  'tls:': { replicas: /^[1-5]$/, credentials: /./ },
};

function isEngineUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname, searchParams, username, password } = new URL(value);
  if (!isDecodable(username) || !isDecodable(password)) return false;
  const known = SETTINGS[protocol];
  if (known === undefined || hostname === '' || !/^\/?\d*$/.test(pathname)) return false;
  return [...searchParams].every(([name, set]) => known[name]?.test(set) === true);
}

/** Whether a part of a URL is valid percent-encoding. A `%` in a password must be written as `%25`. */
function isDecodable(part: string): boolean {
  try {
    return typeof decodeURIComponent(part) === 'string';
  } catch {
    return false;
  }
}

/** The path of a file. */
export function file(): ValueType<string> {
  return text({
    placeholder: '<file>',
    allowed: 'the path of a file',
    parse: (value) => (value === '' || CONTROL.test(value) || /^\s*\{|-----BEGIN/.test(value) ? undefined : value),
  });
}

/** The name of an installed module, or the path of its folder. */
export function moduleOrFolder(): ValueType<string> {
  return text({
    placeholder: '<module or folder>',
    allowed: 'the name of an installed module, or the path of its folder',
    parse: (value) => (value === '' || CONTROL.test(value) ? undefined : value),
  });
}

/** Paths of files. */
export function files(): ValueType<readonly string[], string | readonly string[]> {
  return list({
    placeholder: '<file>',
    allowed: 'the path of a file, or several',
    parse: (value) => (value === '' || CONTROL.test(value) ? undefined : value),
  });
}

/** A path of a URL. The value begins and ends with a slash, and is encoded as browsers encode it. */
export function urlPath(): ValueType<string> {
  return text({
    placeholder: '<path>',
    allowed: "a path of a URL, such as '/' or '/signal', without '?', '#' or '\\'",
    parse: (value) => {
      if (/[?#\\]/.test(value) || CONTROL.test(value)) return undefined;
      return new URL(`http://host/${value}/`).pathname.replace(/\/{2,}/g, '/');
    },
  });
}

/** The path of one endpoint: like `urlPath`, but without a slash at the end; empty for the root. */
export function endpoint(): ValueType<string> {
  const path = urlPath();
  return {
    ...path,
    read: (raw) => {
      const value = path.read(raw);
      return value.ok ? accepted(value.value.replace(/\/$/, '')) : value;
    },
  };
}

/** Prefixes of event names. The empty prefix is allowed. */
export function eventPrefixes(): ValueType<readonly string[], string | readonly string[]> {
  return list({
    placeholder: '<prefix>',
    allowed: 'texts of at most 64 characters',
    parse: (value) => (value.length > 64 || CONTROL.test(value) ? undefined : value),
  });
}

/** The URL of an engine. It may contain a password and is never shown. */
export function engineUrl(): ValueType<string> {
  const form = text({
    placeholder: '<url>',
    allowed:
      'a URL such as redis://host:6379, rediss://user:password@host:6379/0 or nats://user:password@host:4222; ' +
      'with the parameters ?sentinel=<name> for redis and rediss, ?replicas=<1 to 5> and credentials=<file> for nats and tls',
    parse: (value) => (isEngineUrl(value) ? value : undefined),
  });
  return secret(form);
}

/** The URL of the HTTP port of a broker. */
export function brokerUrl(): ValueType<string> {
  return text({
    placeholder: '<url>',
    allowed: 'a URL of scheme http or https with a host and without a path, such as http://10.0.0.5:9000',
    parse: (value) => (isBrokerUrl(value) ? value : undefined),
  });
}

function isBrokerUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, pathname, search, hash, username, password } = new URL(value);
  const isPlain = pathname === '/' && [search, hash, username, password].every((part) => part === '');
  return ['http:', 'https:'].includes(protocol) && hostname !== '' && isPlain;
}

/** M24: `memory`, or the file of a durable store. */
export function mailboxPlace(): ValueType<string> {
  return text({
    placeholder: '<place>',
    allowed: 'memory, or sqlite: and the path of a file, such as sqlite:/var/lib/signalbox/mail.db',
    parse: (value) => (value === 'memory' || (/^sqlite:./.test(value) && !CONTROL.test(value)) ? value : undefined),
  });
}

/** MER11: a key that verifies tokens. It is never shown; the reason for a refusal is. */
export function tokenKey(): ValueType<string> {
  return {
    takes: 'one',
    placeholder: '<secret|PEM|JWK>',
    allowed: `a shared secret of at least ${MIN_SECRET_BYTES} bytes, or one public RSA, EC or Ed25519 key as PEM or JWK`,
    isSecret: true,
    read: (raw) => {
      if (typeof raw !== 'string') return refused(HIDDEN);
      const key = readTokenKey(raw);
      return key.ok ? accepted(raw) : refused(new UnusableSecret(key.refusal));
    },
  };
}

/** I7: secrets shared with TURN servers. One credential allows guessing a short secret offline. */
export function turnSecrets(): ValueType<readonly string[], string | readonly string[]> {
  const form = list({
    placeholder: '<secret>',
    allowed: `one secret or two, each of ${MIN_TURN_SECRET} to 255 characters without blanks and commas`,
    parse: (value) =>
      value.length < MIN_TURN_SECRET || value.length > 255 || !/^[^\s,\p{Cc}]+$/u.test(value) ? undefined : value,
  });
  const read = (raw: unknown): ReturnType<typeof form.read> => {
    const secrets = form.read(raw);
    return secrets.ok && secrets.value.length > 2 ? refused(raw) : secrets;
  };
  return secret({ ...form, read });
}

const MIN_TURN_SECRET = 16;

/** I8. */
export function turnUser(): ValueType<string> {
  return text({
    placeholder: '<user>',
    allowed: 'a text of 1 to 255 characters without blanks and quotes',
    parse: (value) => (/^[^\s"'\p{Cc}]{1,255}$/u.test(value) ? value : undefined),
  });
}

/** I8: it is never shown. */
export function turnPassword(): ValueType<string> {
  return secret(
    text({
      placeholder: '<password>',
      allowed: 'a text of 1 to 255 characters without control characters',
      parse: (value) => (value === '' || value.length > 255 || CONTROL.test(value) ? undefined : value),
    }),
  );
}

/** A type whose values are never shown, also when they are refused. */
export function secret<Value, Given>(form: ValueType<Value, Given>): ValueType<Value, Given> {
  return {
    ...form,
    isSecret: true,
    read: (raw) => {
      const value = form.read(raw);
      return value.ok ? value : refused(HIDDEN);
    },
  };
}

/** R1: keys of realms and patterns of keys. A key is one segment of a URL path. */
export function keys(): ValueType<readonly string[], string | readonly string[]> {
  const form = list({
    placeholder: '<key>',
    allowed:
      `one key or more, each of 1 to ${MAX_KEY_LENGTH} characters without '/' and control characters, and with at most one '*', ` +
      'which makes it a pattern',
    parse: (value) => (isValidKey(value) ? value : undefined),
  });
  return { ...form, read: (raw) => (Array.isArray(raw) && raw.length === 0 ? refused(raw) : form.read(raw)) };
}

const MAX_HOPS = 32;

/** Trusted proxies: none, one, a number of hops, or a list of addresses and subnets. */
export function trustedProxies(): ValueType<TrustedProxies, TrustedProxies | string> {
  const bool = flag();
  return {
    takes: 'none',
    placeholder: '[hops|addresses]',
    allowed: `true, false, a number of hops up to ${MAX_HOPS}, or a list of addresses and subnets, such as '10.0.0.0/8,::1'`,
    read(raw) {
      const hops = typeof raw === 'string' && /^\d{1,2}$/.test(raw) ? Number(raw) : raw;
      if (hops === 0) return accepted(false);
      if (typeof hops === 'number') return Number.isInteger(hops) && hops > 0 && hops <= MAX_HOPS ? accepted(hops) : refused(raw);
      const word = bool.read(raw);
      return word.ok ? word : readSubnets(typeof raw === 'string' ? raw.split(',').map((item) => item.trim()) : raw);
    },
  };
}

function readSubnets(raw: unknown): ReturnType<ValueType<TrustedProxies>['read']> {
  if (!Array.isArray(raw) || raw.length === 0) return refused(raw);
  const invalid = raw.filter((item) => typeof item !== 'string' || parseSubnet(item) === undefined);
  return invalid.length > 0 ? refused(invalid[0]) : accepted(raw as string[]);
}
