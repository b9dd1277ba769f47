import { isKeyPattern } from '../../domain/realm-keys.ts';
import { authWarnings, hasTokenKeys } from './auth-checks.ts';
import { pingsClients } from './config-conflicts.ts';
import { DIALECT_NAMES } from './dialect-options.ts';
import { hasIceServers, iceWarnings } from './ice-checks.ts';
import type { Option } from './option.ts';
import { OPTION_NAMES, OPTIONS, type OptionName, type Settings } from './options.ts';
import type { Reading, SourceOf } from './reading.ts';
import { adminWarnings } from './admin-checks.ts';
import { transportWarnings } from './transport-checks.ts';
import { webhookWarnings } from './webhook-checks.ts';
import { workerWarnings } from './worker-checks.ts';

/** The heartbeat interval of PeerJS clients. */
const PEERJS_HEARTBEAT_MS = 5000;
const MIN_ALIVE_TIMEOUT_MS = 2 * PEERJS_HEARTBEAT_MS;

/**
 * Allowed values that are likely mistakes, one line each, with the next step.
 * @param hasFunction A9: whether the embedding program decides with a function which clients may connect.
 */
export function configWarnings(settings: Settings, sourceOf: SourceOf, hasFunction = false): string[] {
  const hasBackend = settings.auth_url !== undefined || hasFunction;
  return [
    ...(hasBackend ? [] : mercureAccess(settings, sourceOf)),
    ...unservedDialects(settings, sourceOf),
    ...ineffectiveOptions(settings, sourceOf),
    ...shortAliveTimeout(settings, sourceOf),
    ...unreachableLimits(settings, sourceOf),
    ...transportWarnings(settings, sourceOf),
    ...authWarnings(settings, sourceOf),
    ...adminWarnings(settings, sourceOf),
    ...webhookWarnings(settings, sourceOf, hasFunction),
    ...iceWarnings(settings, sourceOf),
    ...workerWarnings(settings, sourceOf),
  ];
}

/** Numbers and booleans that a file has as quoted text. */
export function quotedValues(readings: readonly Reading[]): string[] {
  return readings.flatMap(({ name, raw, source }) => {
    const value = OPTIONS[name].read(raw);
    if (typeof raw !== 'string' || !value.ok || !['number', 'boolean'].includes(typeof value.value)) return [];
    return [`${source} is the text "${raw}"; write ${String(value.value)} without quotes`];
  });
}

function serves(settings: Settings, dialect: string): boolean {
  return settings.all || settings.dialects.some((name) => name === dialect);
}

/** SIO10, CF11, SB12: these dialects share topics and rights. */
function servesUpdates(settings: Settings): boolean {
  return ['mercure', 'socketio', 'centrifuge', 'nats', 'supabase', 'mqtt'].some((name) => serves(settings, name));
}

/** MER7. A9: with a backend, none of these options decides. */
function mercureAccess(settings: Settings, sourceOf: SourceOf): string[] {
  return [...closedMercure(settings), ...openInHardenedProfile(settings, sourceOf), ...openWithKeys(settings, sourceOf)];
}

function closedMercure(settings: Settings): string[] {
  const { mercure_open, mercure_anonymous, mercure_publisher_key, mercure_subscriber_key } = settings;
  const hasOwnKeys = mercure_publisher_key !== undefined || mercure_subscriber_key !== undefined;
  const isKeyed = hasOwnKeys || hasTokenKeys(settings);
  if (!serves(settings, 'mercure') || mercure_open || mercure_anonymous || isKeyed) return [];
  return [
    'mercure is served, but rejects every client: set mercure_publisher_key and mercure_subscriber_key, or mercure_anonymous, ' +
      'or mercure_open',
  ];
}

function unservedDialects(settings: Settings, sourceOf: SourceOf): string[] {
  return OPTION_NAMES.flatMap((name) => {
    const { dialects }: Option<unknown, unknown> = OPTIONS[name];
    const source = sourceOf(name);
    const isForIce = name === 'path' && hasIceServers(settings);
    if (source === undefined || dialects === undefined || isForIce || dialects.some((one) => serves(settings, one))) return [];
    const first = dialects[0] ?? DIALECT_NAMES[0];
    return [
      `${source} has no effect, because ${dialects.join(' or ')} is not served: add --dialects ${first}, or remove the option`,
    ];
  });
}

interface Ineffective {
  readonly name: OptionName;
  readonly isIneffective: boolean;
  readonly why: string;
}

/** Options that have no effect because of another option. */
function ineffectiveOptions(settings: Settings, sourceOf: SourceOf): string[] {
  const pairs: readonly Ineffective[] = [
    ...(['cluster_start', 'cluster_lease', 'cluster_cut'] as const).map((name) => ({
      ...{ name, isIneffective: settings.cluster === undefined && (settings.workers === 1 || name === 'cluster_start') },
      why: 'without cluster: set cluster to the URL of Redis or NATS, or remove the option',
    })),
    { name: 'dialects', isIneffective: settings.all, why: 'together with all, which serves every dialect: remove one of them' },
    {
      name: 'mercure_anonymous',
      isIneffective: settings.mercure_open,
      why: 'together with mercure_open, which allows more: remove one of them',
    },
    ...(['turn_ttl', 'ice_access', 'ice_push', 'ice_rate_limit'] as const).map((name) => ({
      ...{ name, isIneffective: !hasIceServers(settings) },
      why: 'without stun, turn and ice_provider: add your ICE servers, or remove the option',
    })),
    {
      name: 'http_rate_window',
      isIneffective: settings.http_rate_limit === 0,
      why: 'while http_rate_limit is 0: set http_rate_limit',
    },
    ...withoutUse(settings),
    {
      name: 'malformed_window',
      isIneffective: settings.malformed_limit === 0,
      why: 'while malformed_limit is 0: set malformed_limit',
    },
  ];
  return pairs.flatMap(({ name, isIneffective, why }) => {
    const source = sourceOf(name);
    return isIneffective && source !== undefined ? [`${source} has no effect ${why}`] : [];
  });
}

/** Options of a feature that no client can use. */
function withoutUse(settings: Settings): readonly Ineffective[] {
  return [
    {
      name: 'max_realms',
      isIneffective: !settings.key.some(isKeyPattern),
      why: 'without a pattern in key: add a key such as team-*, or remove the option',
    },
    {
      name: 'doctor',
      isIneffective: settings.doctor === 'admin' && settings.admin === undefined,
      why: 'without admin, so its routes are not served: add admin, or set doctor to on or off',
    },
    {
      name: 'ping_interval',
      isIneffective: !pingsClients(settings),
      why: 'for PeerJS and Mercure, whose connections are not pinged at an interval: remove the option',
    },
    {
      name: 'stream_heartbeat',
      isIneffective: serves(settings, 'peerjs') && !serves(settings, 'mercure') && !settings.legacy_xhr,
      why: 'without streams: add --dialects mercure or legacy_xhr, or remove the option',
    },
  ];
}

/** L1. */
function shortAliveTimeout(settings: Settings, sourceOf: SourceOf): string[] {
  const { alive_timeout } = settings;
  if (alive_timeout >= MIN_ALIVE_TIMEOUT_MS || !serves(settings, 'peerjs')) return [];
  const source = sourceOf('alive_timeout') ?? 'alive_timeout';
  return [
    `${source} ${alive_timeout} is shorter than two PeerJS heartbeats (${PEERJS_HEARTBEAT_MS} ms each): idle clients may be ` +
      `disconnected. Use at least ${MIN_ALIVE_TIMEOUT_MS}.`,
  ];
}

/** MER7. */
function openInHardenedProfile(settings: Settings, sourceOf: SourceOf): string[] {
  if (settings.profile !== 'hardened' || !settings.mercure_open || !servesUpdates(settings)) return [];
  const source = sourceOf('mercure_open') ?? 'mercure_open';
  return [
    `${source} allows every client to publish and subscribe without a token, also in the hardened profile: ` +
      'set mercure_publisher_key and mercure_subscriber_key instead',
  ];
}

/** MER7: with `mercure_open`, the keys have no effect. */
function openWithKeys(settings: Settings, sourceOf: SourceOf): string[] {
  const keys = (['mercure_publisher_key', 'mercure_subscriber_key'] as const).filter((name) => settings[name] !== undefined);
  if (!settings.mercure_open || keys.length === 0 || !servesUpdates(settings)) return [];
  const [source, ...others] = (['mercure_open', ...keys] as const).map((name) => sourceOf(name) ?? name);
  return [
    `${source ?? ''} accepts every client without a token, which makes ${others.join(' and ')} ineffective: remove one of them`,
  ];
}

/** Limits above `max_connections`, which can't be reached. */
function unreachableLimits(settings: Settings, sourceOf: SourceOf): string[] {
  const { max_connections } = settings;
  return (['concurrent_limit', 'max_connections_per_address'] as const).flatMap((name) => {
    const source = sourceOf(name);
    if (source === undefined || settings[name] <= max_connections) return [];
    const bound = sourceOf('max_connections') ?? 'max_connections';
    return [
      `${source} is ${settings[name]}, but ${bound} allows only ${max_connections}: raise max_connections, or lower ${name}`,
    ];
  });
}
