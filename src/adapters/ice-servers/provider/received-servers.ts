import type { IceServer } from '../../../application/ports/ice-servers.ts';
import { isStunUrl, isTurnUrl, portOf } from '../shared/ice-urls.ts';
import type { TurnCredentials } from '../shared/server-list.ts';
import { ProviderError } from './provider-error.ts';

/** The usable part of an answer. */
export interface ReceivedServers {
  readonly stun: readonly string[];
  /** One entry for each username. At least one. */
  readonly turn: readonly IceServer[];
  /** Number of URLs that were left out because browsers would reject them. */
  readonly dropped: number;
}

/** Browsers gather candidates slowly with many URLs. */
const MAX_URLS = 16;
/** Browsers block this port. */
const BLOCKED_PORT = 53;

/**
 * I11: checks each URL, because browsers reject a whole configuration for one bad entry. Leaves out port 53, TURN URLs without
 * credentials, and duplicates. @param raw an entry of `iceServers`, or a list of entries. @throws ProviderError without TURN.
 */
export function receivedServers(raw: unknown): ReceivedServers {
  const stun = new Set<string>();
  const turn = new Map<string, { credentials: TurnCredentials; urls: Set<string> }>();
  let dropped = 0;
  let accepted = 0;
  for (const entry of [raw].flat().filter(isObject)) {
    const credentials = credentialsOf(entry);
    for (const url of urlsOf(entry)) {
      const isStun = isStunUrl(url);
      const isUsable = isStun || (isTurnUrl(url) && credentials !== undefined);
      if (isUsable && portOf(url) === BLOCKED_PORT) continue;
      if (!isUsable || accepted >= MAX_URLS) {
        dropped += 1;
        continue;
      }
      accepted += 1;
      if (isStun || credentials === undefined) stun.add(url);
      else entryOf(turn, credentials).urls.add(url);
    }
  }
  if (turn.size === 0) throw new ProviderError('its answer has no TURN URL with username and credential');
  const servers = [...turn.values()].map(({ credentials, urls }) => ({ urls: [...urls], ...credentials }));
  return { stun: [...stun], turn: servers, dropped };
}

/** Seconds as a number or as text; undefined for anything else. */
export function secondsOf(raw: unknown): number | undefined {
  const seconds = typeof raw === 'string' && /^\d{1,9}$/.test(raw) ? Number(raw) : raw;
  return typeof seconds === 'number' && Number.isFinite(seconds) ? Math.floor(seconds) : undefined;
}

/** A member of an object; undefined for any other value. */
export function memberOf(raw: unknown, name: string): unknown {
  return isObject(raw) && Object.hasOwn(raw, name) ? raw[name] : undefined;
}

function entryOf(
  turn: Map<string, { credentials: TurnCredentials; urls: Set<string> }>,
  credentials: TurnCredentials,
): { readonly urls: Set<string> } {
  const key = JSON.stringify(credentials);
  const entry = turn.get(key) ?? { credentials, urls: new Set<string>() };
  turn.set(key, entry);
  return entry;
}

/** `url` is the older name of `urls`; some providers send both. */
function urlsOf({ urls, url }: Readonly<Record<string, unknown>>): string[] {
  return [urls ?? url].flat().filter((one) => typeof one === 'string');
}

function credentialsOf({ username, credential }: Readonly<Record<string, unknown>>): TurnCredentials | undefined {
  if (typeof username !== 'string' || typeof credential !== 'string') return undefined;
  return username === '' || credential === '' ? undefined : { username, credential };
}

function isObject(raw: unknown): raw is Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw);
}
