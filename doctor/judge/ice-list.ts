import { finding, type Finding } from '../findings.ts';
import type { IceUrl } from '../target.ts';
import { parsed } from './hello.ts';

interface RawServer {
  readonly urls?: unknown;
  readonly username?: unknown;
  readonly credential?: unknown;
}

const FORM = /^(stuns?|turns?):(\[[\da-f:.]+\]|[^\s:?/]+)(?::(\d{1,5}))?(?:\?transport=(udp|tcp))?$/i;
const DEFAULT_PORT = 3478;
const DEFAULT_TLS_PORT = 5349;

/** The list of ICE servers, read from the response of the broker. */
export interface IceList {
  readonly servers: readonly IceUrl[];
  readonly invalid: readonly string[];
}

export function readIceList(body: string): IceList {
  const list = parsed(body) as { iceServers?: unknown } | null | undefined;
  const raw = Array.isArray(list?.iceServers) ? (list.iceServers as (RawServer | null)[]) : [];
  const read = raw.flatMap((server) =>
    [server?.urls].flat().map((url) => ({ url: String(url), server: readUrl(String(url), server) })),
  );
  return {
    servers: read.flatMap(({ server }) => server ?? []),
    invalid: read.filter(({ server }) => server === undefined).map(({ url }) => url),
  };
}

function readUrl(url: string, server: RawServer | null): IceUrl | undefined {
  const [, name, host, port, asked] = FORM.exec(url) ?? [];
  if (name === undefined || host === undefined) return undefined;
  const scheme = name.toLowerCase() as IceUrl['scheme'];
  const isTls = scheme === 'turns' || scheme === 'stuns';
  const transport = isTls ? 'tls' : asked?.toLowerCase() === 'tcp' ? 'tcp' : 'udp';
  const number = port === undefined ? (isTls ? DEFAULT_TLS_PORT : DEFAULT_PORT) : Number(port);
  const { username, credential } = server ?? {};
  return {
    ...{ url, scheme, host: host.replace(/^\[|\]$/g, ''), port: number, transport },
    ...{ username: typeof username === 'string' ? username : '', credential: typeof credential === 'string' ? credential : '' },
  };
}

/** Milliseconds since 1970 at which time-limited credentials expire; undefined for other user names. */
export function expiryOf({ username }: Pick<IceUrl, 'username'>): number | undefined {
  const seconds = /^(\d{9,11})(?::|$)/.exec(username)?.[1];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

/** D10. @param now by the clock of the broker. */
export function judgeIceList({ servers, invalid }: IceList, now: number): Finding[] {
  if (servers.length === 0 && invalid.length === 0) return [finding('ice-none')];
  const turn = servers.filter(({ scheme }) => scheme.startsWith('turn'));
  const findings = invalid.map((url) => finding('ice-url-invalid', { url }));
  const isPublic = servers.find(({ host, credential }) => /(^|\.)peerjs\.com$/.test(host) || credential === 'peerjsp');
  if (isPublic !== undefined) findings.push(finding('ice-public', { url: isPublic.url }));
  findings.push(...servers.filter(({ port }) => port === 53).map(({ url }) => finding('ice-port-53', { url })));
  const expiry = Math.min(...turn.map((server) => expiryOf(server) ?? Infinity));
  if (expiry <= now) findings.push(finding('ice-expired', { seconds: Math.round((now - expiry) / 1000) }));
  if (turn.length === 0) findings.push(finding('ice-no-turn'));
  else if (!turn.some(({ scheme, port }) => scheme === 'turns' && port === 443)) findings.push(finding('ice-no-tls'));
  return findings.length > 0 ? findings : [finding('ice-list', { count: servers.length })];
}
