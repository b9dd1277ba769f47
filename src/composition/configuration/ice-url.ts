import { isStunUrl, isTurnUrl } from '../../adapters/ice-servers/shared/ice-urls.ts';
import { accepted, refused, type Result } from '../../domain/result.ts';
import { list, UnusableSecret, type ValueType } from './option.ts';

/* I10: each URL is checked at the start. */

/** I10: URLs of STUN servers. */
export function stunUrls(): ValueType<readonly string[], string | readonly string[]> {
  return iceUrls(isStunUrl, "STUN URLs such as 'stun:stun.example.org:3478' or 'stuns:stun.example.org'");
}

/** I10: URLs of TURN servers. */
export function turnUrls(): ValueType<readonly string[], string | readonly string[]> {
  const allowed = "TURN URLs such as 'turn:turn.example.org?transport=udp' or 'turns:turn.example.org:443?transport=tcp'";
  return iceUrls(isTurnUrl, allowed);
}

function iceUrls(isUrl: (url: string) => boolean, allowed: string): ValueType<readonly string[], string | readonly string[]> {
  const parse = (url: string): string | undefined => (isUrl(url) ? url : undefined);
  const type = list({ placeholder: '<url>', allowed, parse });
  const read = (raw: unknown): Result<readonly string[], unknown> => {
    const urls = type.read(raw);
    return urls.ok ? accepted(urls.value) : refused(withoutCredentials(urls.refusal));
  };
  return { ...type, read, hint };
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
