import { parseArgs } from 'node:util';
import { shown } from '../configuration/reading.ts';
import { parseAdminPlace } from '../configuration/admin-option-types.ts';

/** Arguments that are not valid. The message is for the user, and has no secret. */
export class TopUsageError extends Error {}

/** An admin listener: its URL, or the path of its UNIX socket. */
export type AdminTarget = { readonly url: string } | { readonly socket: string };

export interface TopArguments {
  readonly target: AdminTarget;
  /** Undefined for a listener without tokens. */
  readonly token: string | undefined;
  readonly json: boolean;
  /** Seconds between two readings. */
  readonly interval: number;
}

const FLAGS = {
  admin: { type: 'string' },
  token: { type: 'string' },
  json: { type: 'boolean' },
  interval: { type: 'string' },
} as const;

const DEFAULT_PLACE = '127.0.0.1:9001';
const MAX_INTERVAL = 3_600;

/** @param env for the address and the token that are not given as flags. @throws TopUsageError */
export function readTopArguments(args: readonly string[], env: Readonly<Record<string, string | undefined>>): TopArguments {
  const flags = parsed(args);
  const written = flags.admin ?? (env['SIGNALBOX_ADMIN'] || DEFAULT_PLACE);
  const target = targetOf(written);
  if (target === undefined) {
    const allowed =
      "an address and a port, a URL, or the path of a UNIX socket, such as '127.0.0.1:9001' or 'unix:/run/admin.sock'";
    throw new TopUsageError(`--admin is ${shown(written)}; it must be ${allowed}`);
  }
  const interval = Number(flags.interval ?? 1);
  if (!(interval >= 1 && interval <= MAX_INTERVAL)) {
    throw new TopUsageError(`--interval is ${shown(flags.interval)}; it must be a number of seconds from 1 to ${MAX_INTERVAL}`);
  }
  const token = flags.token || env['SIGNALBOX_ADMIN_VIEWER_TOKEN'] || env['SIGNALBOX_ADMIN_TOKEN'] || undefined;
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
    throw new TopUsageError('the token has a character that no token has: a blank, a control character, or one beyond ASCII');
  }
  return { target, token, json: flags.json ?? false, interval };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: FLAGS }).values;
  } catch (error) {
    // The message of Node names the flag. Without its rest, it has no value.
    throw new TopUsageError(error instanceof Error ? (error.message.split(/\.\s|'$/)[0] ?? '') : String(error));
  }
}

function targetOf(written: string): AdminTarget | undefined {
  if (/^https?:\/\//i.test(written)) return URL.canParse(written) ? { url: written.replace(/\/+$/, '') } : undefined;
  const place = parseAdminPlace(written);
  if (place === undefined || 'socket' in place) return place;
  // A listener on all addresses is on loopback, too.
  const host = place.host === '0.0.0.0' ? '127.0.0.1' : place.host === '::' ? '::1' : place.host;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${place.port}` };
}
