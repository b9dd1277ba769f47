import { accepted, refused, type Result } from '../../domain/result.ts';
import { list, UnusableSecret, type ValueType } from './option.ts';

/* The URLs of RFC 7064 and RFC 7065. Browsers reject a whole configuration for one bad URL, so each is checked at the start. */

const HOST = String.raw`(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-fA-F:.]+\])`;
const STUN_URL = new RegExp(`^stuns?:${HOST}(?::(\\d{1,5}))?$`);
const TURN_URL = new RegExp(`^turns?:${HOST}(?::(\\d{1,5}))?(?:\\?transport=(?:udp|tcp))?$`);
const MAX_PORT = 65_535;

/** I10: URLs of STUN servers. */
export function stunUrls(): ValueType<readonly string[], string | readonly string[]> {
  return iceUrls(STUN_URL, "STUN URLs such as 'stun:stun.example.org:3478' or 'stuns:stun.example.org'");
}

/** I10: URLs of TURN servers. */
export function turnUrls(): ValueType<readonly string[], string | readonly string[]> {
  const allowed = "TURN URLs such as 'turn:turn.example.org?transport=udp' or 'turns:turn.example.org:443?transport=tcp'";
  return iceUrls(TURN_URL, allowed);
}

function iceUrls(form: RegExp, allowed: string): ValueType<readonly string[], string | readonly string[]> {
  const parse = (url: string): string | undefined => (isUrl(form, url) ? url : undefined);
  const type = list({ placeholder: '<url>', allowed, parse });
  const read = (raw: unknown): Result<readonly string[], unknown> => {
    const urls = type.read(raw);
    return urls.ok ? accepted(urls.value) : refused(withoutCredentials(urls.refusal));
  };
  return { ...type, read, hint };
}

function isUrl(form: RegExp, url: string): boolean {
  const found = form.exec(url);
  if (found === null) return false;
  const port = found[1];
  return port === undefined || (Number(port) > 0 && Number(port) <= MAX_PORT);
}

function withoutCredentials(refusal: unknown): unknown {
  const hasCredentials = typeof refusal === 'string' && refusal.includes('@');
  return hasCredentials ? new UnusableSecret('a URL with credentials') : refusal;
}

function hint(refusal: unknown): string | undefined {
  if (refusal instanceof UnusableSecret) return 'give the credentials by turn_secret, or by turn_user and turn_password';
  if (typeof refusal !== 'string') return undefined;
  if (/^\w+:\/\//.test(refusal)) return 'remove the slashes';
  if (/^stuns?:.*\?/.test(refusal)) return 'a STUN URL has no parameters; browsers reject it';
  if (/^turns?:.*\?/.test(refusal)) return 'the only parameter is ?transport=udp or ?transport=tcp';
  if (!refusal.includes(':')) return 'add the scheme';
  return undefined;
}
