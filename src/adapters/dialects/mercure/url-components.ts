import { domainToASCII } from 'node:url';

/** What a URL is compared by. A user and a password count for nothing. */
export const COMPONENTS = ['protocol', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;

export type Component = (typeof COMPONENTS)[number];

export type UrlComponents = Readonly<Record<Component, string>>;

// Whatever is no absolute URL is taken relative to this, topics and patterns alike.
export const BASE = { url: 'https://topics.invalid/', protocol: 'https', hostname: 'topics.invalid' } as const;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443', ftp: '21' };
export const SPECIAL: readonly string[] = [...Object.keys(DEFAULT_PORTS), 'file'];

const MAX_KNOWN = 64;
const known = new Map<string, UrlComponents | undefined>();

/** The components of a topic as a URL; undefined where it is none. The last few are kept: many patterns ask for the same. */
export function componentsOf(topic: string): UrlComponents | undefined {
  if (known.has(topic)) return known.get(topic);
  if (known.size >= MAX_KNOWN) known.clear();
  const components = parsed(topic);
  known.set(topic, components);
  return components;
}

function parsed(topic: string): UrlComponents | undefined {
  if (!URL.canParse(topic, BASE.url)) return undefined;
  const { protocol, hostname, port, pathname, search, hash } = new URL(topic, BASE.url);
  return { protocol: protocol.slice(0, -1), hostname, port, pathname, search: search.slice(1), hash: hash.slice(1) };
}

/** A text of a pattern in the form in which a component of a URL has it; undefined where no URL has it. */
export const canonical: Readonly<Record<Component, (text: string) => string | undefined>> = {
  protocol: (text) => (/^[a-z\d+.-]+$/i.test(text) ? text.toLowerCase() : undefined),
  hostname: (text) => {
    const isAscii = /^[!-~]+$/.test(text);
    const host = isAscii ? text.toLowerCase() : domainToASCII(text);
    return host === '' || /[#%/:<>?@[\\\]^|]/.test(host) ? undefined : host;
  },
  port: (text) => (/^\d{1,5}$/.test(text) ? text : undefined),
  pathname: (text) => encoded(text, PATH),
  search: (text) => encoded(text, SEARCH),
  hash: (text) => encoded(text, HASH),
};

/** The port of a scheme is not written. */
export function portFor(protocol: string | undefined, port: string): string {
  const plain = String(Number(port));
  return protocol !== undefined && DEFAULT_PORTS[protocol] === plain ? '' : plain;
}

type Place = 'pathname' | 'search' | 'hash';

/** How each ASCII character stands there, as the URL parser of this process writes it. */
function tableOf(place: Place): readonly string[] {
  return Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    const url = new URL('https://a/');
    if (character === '/' || character === '.') return character;
    // Behind a letter nothing is stripped.
    url[place] = `a${character}a`;
    const written = url[place];
    return written.slice(written.indexOf('a') + 1, written.lastIndexOf('a'));
  });
}

const [PATH, SEARCH, HASH] = (['pathname', 'search', 'hash'] as const).map(tableOf) as [string[], string[], string[]];

function encoded(text: string, table: readonly string[]): string {
  let written = '';
  for (const character of text) written += table[character.codePointAt(0) ?? 0] ?? percentEncoded(character);
  return written;
}

/** A lone surrogate becomes U+FFFD, as in every URL. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
