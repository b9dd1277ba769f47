import { refused } from '../../domain/result.ts';
import { type ValueType, list } from './option.ts';

/** Origins of pages; `*` for any. */
export function origins(): ValueType<readonly string[], string | readonly string[]> {
  const form = list({
    placeholder: '<origin>',
    allowed: "'*', 'null', or origins without a path, each such as 'https://example.org' or 'https://*.example.org'",
    parse: parseOrigin,
  });
  return {
    ...form,
    hint: hintFor,
    read: (raw) => {
      const origins = form.read(raw);
      if (!origins.ok || origins.value.length < 2 || !origins.value.includes('*')) return origins;
      return refused(raw);
    },
  };
}

/** The origin of pages from a disk in some web views. It has no host. */
const WITHOUT_HOST = /^file:\/\/\/?$/i;
/** The scheme, the wildcard for labels, the host, the port. */
const FORM = /^([a-z][a-z\d+.-]*):\/\/(\*\.)?([^\s/?#@,*:[\]]+|\[[\da-f:.]+\])(?::(\d{1,5}|\*))?\/?$/i;

/**
 * An origin as browsers send it: in lower case, without the default port of its scheme; undefined for any other text.
 * `*.` in front of the host matches one or more labels, `*` in place of the port matches any port.
 */
export function parseOrigin(value: string): string | undefined {
  if (value === '*' || value === 'null') return value;
  if (WITHOUT_HOST.test(value)) return 'file://';
  const [, scheme, labels = '', host, port] = FORM.exec(value) ?? [];
  if (scheme === undefined || host === undefined) return undefined;
  const anyPort = port === '*' ? ':*' : '';
  const plain = `${scheme}://${host}${port === undefined || port === '*' ? '' : `:${port}`}`;
  if (!URL.canParse(plain)) return undefined;
  const { origin, hostname } = new URL(plain);
  if (origin === 'null') return `${scheme}://${labels}${plain.slice(scheme.length + 3)}${anyPort}`.toLowerCase();
  // A wildcard below a top-level domain would match almost every site.
  if (labels !== '' && !hostname.includes('.') && hostname !== 'localhost') return undefined;
  return origin.replace('://', `://${labels}`) + anyPort;
}

/** The next step for an invalid origin. */
function hintFor(refusal: unknown): string | undefined {
  if (Array.isArray(refusal)) return "'*' allows every origin: remove it, or remove the others";
  if (typeof refusal !== 'string') return undefined;
  const [, beforePath = ''] = /^([a-z][a-z\d+.-]*:\/\/[^\s/?#@,]+)[/?#]/i.exec(refusal) ?? [];
  if (parseOrigin(beforePath) !== undefined) return `an origin has no path: write '${beforePath}'`;
  if (!refusal.includes('://')) {
    const secure = `https://${refusal}`;
    return parseOrigin(secure) === undefined ? undefined : `an origin has a scheme: write '${secure}'`;
  }
  if (refusal.includes('*')) {
    return "a wildcard replaces whole labels in front of a domain ('https://*.example.org') or the port";
  }
  return undefined;
}
