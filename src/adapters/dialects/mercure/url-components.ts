import { domainToASCII } from 'node:url';

/** The components that a pattern is matched with. A user and a password are ignored. */
export const COMPONENTS = ['protocol', 'hostname', 'port', 'pathname', 'search', 'hash'] as const;

export type Component = (typeof COMPONENTS)[number];

export type UrlComponents = Readonly<Record<Component, string>>;

// The base of topics and patterns that are not absolute URLs.
export const BASE = { url: 'https://topics.invalid/', protocol: 'https', hostname: 'topics.invalid' } as const;

const DEFAULT_PORTS: Readonly<Record<string, string>> = { http: '80', https: '443', ws: '80', wss: '443', ftp: '21' };
export const SPECIAL_SCHEMES: readonly string[] = [...Object.keys(DEFAULT_PORTS), 'file'];

const MAX_CACHED = 64;
const cache = new Map<string, UrlComponents | undefined>();

/** The components of a topic as a URL; undefined if it is not a URL. Cached, because many patterns match the same topic. */
export function componentsOf(topic: string): UrlComponents | undefined {
  if (cache.has(topic)) return cache.get(topic);
  if (cache.size >= MAX_CACHED) cache.clear();
  const components = parseTopic(topic);
  cache.set(topic, components);
  return components;
}

function parseTopic(topic: string): UrlComponents | undefined {
  if (!URL.canParse(topic, BASE.url)) return undefined;
  const { protocol, hostname, port, pathname, search, hash } = new URL(topic, BASE.url);
  return { protocol: protocol.slice(0, -1), hostname, port, pathname, search: search.slice(1), hash: hash.slice(1) };
}

/** A text of a pattern in the canonical form of its component; undefined if no URL can contain it. */
export const canonical: Readonly<Record<Component, (text: string) => string | undefined>> = {
  protocol: (text) => (/^[a-z\d+.-]+$/i.test(text) ? text.toLowerCase() : undefined),
  hostname: (text) => {
    const isAscii = /^[!-~]+$/.test(text);
    const host = isAscii ? text.toLowerCase() : domainToASCII(text);
    return host === '' || /[#%/:<>?@[\\\]^|]/.test(host) ? undefined : host;
  },
  port: (text) => (/^\d{1,5}$/.test(text) ? text : undefined),
  pathname: (text) => encodeText(text, PATH),
  search: (text) => encodeText(text, SEARCH),
  hash: (text) => encodeText(text, HASH),
};

/** The default port of a scheme becomes the empty text, as in a URL. */
export function portFor(protocol: string | undefined, port: string): string {
  const plain = String(Number(port));
  return protocol !== undefined && DEFAULT_PORTS[protocol] === plain ? '' : plain;
}

type Place = 'pathname' | 'search' | 'hash';

/** The encoding of each ASCII character in a component, taken from the URL parser of this process. */
function tableOf(place: Place): readonly string[] {
  return Array.from({ length: 128 }, (_, code) => {
    const character = String.fromCharCode(code);
    const url = new URL('https://a/');
    if (character === '/' || character === '.') return character;
    // Between letters, the parser strips no character.
    url[place] = `a${character}a`;
    const written = url[place];
    return written.slice(written.indexOf('a') + 1, written.lastIndexOf('a'));
  });
}

const [PATH, SEARCH, HASH] = (['pathname', 'search', 'hash'] as const).map(tableOf) as [string[], string[], string[]];

function encodeText(text: string, table: readonly string[]): string {
  let written = '';
  for (const character of text) written += table[character.codePointAt(0) ?? 0] ?? percentEncoded(character);
  return written;
}

/** A lone surrogate becomes U+FFFD, as in the URL parser. */
function percentEncoded(character: string): string {
  return [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
}
