/* The URLs of RFC 7064 and RFC 7065. Browsers reject a whole configuration for one bad URL. */

const HOST = String.raw`(?:[\w-]+(?:\.[\w-]+)*\.?|\[[\da-fA-F:.]+\])`;
const STUN_URL = new RegExp(`^stuns?:${HOST}(?::(\\d{1,5}))?$`);
const TURN_URL = new RegExp(`^turns?:${HOST}(?::(\\d{1,5}))?(?:\\?transport=(?:udp|tcp))?$`);
const MAX_PORT = 65_535;

export function isStunUrl(url: string): boolean {
  return hasForm(STUN_URL, url);
}

export function isTurnUrl(url: string): boolean {
  return hasForm(TURN_URL, url);
}

/** The port that a valid URL names; undefined for the default of its scheme. */
export function portOf(url: string): number | undefined {
  const port = (STUN_URL.exec(url) ?? TURN_URL.exec(url))?.[1];
  return port === undefined ? undefined : Number(port);
}

function hasForm(form: RegExp, url: string): boolean {
  const found = form.exec(url);
  if (found === null) return false;
  const port = found[1];
  return port === undefined || (Number(port) > 0 && Number(port) <= MAX_PORT);
}
