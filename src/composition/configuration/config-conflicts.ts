import { isKeyPattern } from '../../domain/realm-keys.ts';
import { HELD_MESSAGE_BYTES } from '../../domain/memory-sizes.ts';
import { adminConflicts } from './admin-checks.ts';
import { authConflicts } from './auth-checks.ts';
import type { DialectName } from './dialect-options.ts';
import { sharedPaths } from './endpoints.ts';
import { iceConflicts, realmConflicts } from './ice-checks.ts';
import { metricsConflicts } from './metrics-checks.ts';
import type { OptionName, Settings } from './options.ts';
import type { ConfigProblem, SourceOf } from './reading.ts';
import { webhookConflicts } from './webhook-checks.ts';
import { workerConflicts } from './worker-checks.ts';

const KIB = 1024;

/** Limits whose sizes depend on each other. */
export const SIZES = [
  ...(['max_message_bytes', 'mailbox_bytes', 'realm_mailbox_bytes', 'send_buffer_bytes', 'memory_budget'] as const),
  ...(['memory_per_address', 'retained_bytes', 'max_header_bytes', 'max_url_bytes'] as const),
] as const;

type Size = (typeof SIZES)[number];

/** Overhead of a held message beside its payload, with ids of up to a few hundred characters (M13). */
const ENVELOPE_BYTES = HELD_MESSAGE_BYTES + KIB;

/** Limits that must be at least as large as another one; otherwise the outer limit rejects everything. */
const CONTAINMENTS: readonly { readonly outer: Size; readonly inner: Size; readonly spare: number }[] = [
  { outer: 'mailbox_bytes', inner: 'max_message_bytes', spare: ENVELOPE_BYTES },
  { outer: 'realm_mailbox_bytes', inner: 'mailbox_bytes', spare: 0 },
  { outer: 'send_buffer_bytes', inner: 'max_message_bytes', spare: 0 },
  { outer: 'memory_per_address', inner: 'send_buffer_bytes', spare: 0 },
  { outer: 'memory_budget', inner: 'memory_per_address', spare: 0 },
  { outer: 'memory_budget', inner: 'retained_bytes', spare: 0 },
  { outer: 'max_header_bytes', inner: 'max_url_bytes', spare: 0 },
];

/** Dialects whose clients send no heartbeat. Their connections stay open as long as the clients answer pings. */
const PINGED: readonly DialectName[] = ['socketio', 'centrifuge', 'nats', 'supabase', 'mqtt', 'peero', 'relay'];

/**
 * Combinations of valid values that contradict each other.
 * @param hasFunction A9: whether the embedding program decides with a function which clients may connect.
 */
export function configConflicts(settings: Settings, sourceOf: SourceOf, hasFunction = false): ConfigProblem[] {
  const spelled = (name: OptionName): string => sourceOf(name) ?? `the default of ${name}`;
  return [
    ...sizeConflicts(settings, sourceOf),
    ...incompleteTls(settings, spelled),
    ...mailboxesOfCluster(settings, spelled),
    ...linkWithoutCluster(settings, spelled),
    ...workerConflicts(settings, spelled),
    ...missingLiteralKey(settings, spelled),
    ...latePings(settings, spelled),
    ...sharedPaths(settings, sourceOf),
    ...adminConflicts(settings, sourceOf),
    ...authConflicts(settings, sourceOf, hasFunction),
    ...webhookConflicts(settings, sourceOf, hasFunction),
    ...iceConflicts(settings, sourceOf),
    ...realmConflicts(settings, sourceOf),
    ...metricsConflicts(settings, sourceOf),
  ];
}

/** Limits that can't hold a limit inside of them. */
export function sizeConflicts(sizes: Readonly<Record<Size, number>>, sourceOf: SourceOf): ConfigProblem[] {
  const spelled = (name: OptionName): string => sourceOf(name) ?? `the default of ${name}`;
  return CONTAINMENTS.filter(({ outer, inner, spare }) => sizes[outer] < sizes[inner] + spare).map(({ outer, inner, spare }) => {
    const least = `${spelled(inner)} (${sizes[inner]})${spare === 0 ? '' : ` and ${spare} more`}`;
    return {
      source: sourceOf(outer) ?? outer,
      message: `${spelled(outer)} is ${sizes[outer]}; it must be at least ${sizes[inner] + spare}, to hold ${least}`,
    };
  });
}

/** REL3, X7: whether there may be clients that send no heartbeat. */
export function pingsClients({ all, legacy_xhr, dialects }: Settings): boolean {
  return all || legacy_xhr || dialects.some((name) => PINGED.includes(name));
}

/** REL3, X7: with a ping interval above the liveness timeout, every idle connection would time out. */
function latePings(settings: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  const { ping_interval, alive_timeout } = settings;
  if (!pingsClients(settings) || ping_interval < alive_timeout) return [];
  const source = spelled('ping_interval');
  return [
    { source, message: `${source} is ${ping_interval}; it must be less than ${spelled('alive_timeout')} (${alive_timeout})` },
  ];
}

/** R6: clients of these dialects send no key, or need not. */
function missingLiteralKey({ all, dialects, key }: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  const others = dialects.filter((name) => name !== 'peerjs');
  if ((!all && others.length === 0) || !key.every(isKeyPattern)) return [];
  const source = spelled('key');
  const served = all ? 'all dialects' : others.join(' and ');
  return [
    {
      source,
      message: `${source} has only patterns; clients of ${served} may send no key: add a --key without *, such as peerjs`,
    },
  ];
}

/** The nodes of a cluster share their mailboxes. */
function mailboxesOfCluster({ mailboxes, cluster }: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  if (mailboxes === 'memory' || cluster === undefined) return [];
  const source = spelled('mailboxes');
  const message = `${source} is ${mailboxes}, and ${spelled('cluster')} keeps the mailboxes of all brokers: remove one of them`;
  return [{ source, message }];
}

/** Links connect the brokers of a cluster. Several workers share one port, so a link would reach any of them. */
function linkWithoutCluster(
  { cluster_link, cluster, workers }: Settings,
  spelled: (name: OptionName) => string,
): ConfigProblem[] {
  if (cluster_link === undefined) return [];
  const source = spelled('cluster_link');
  if (workers !== 1) {
    const why = 'because a link would reach any of the workers: remove one of them';
    return [{ source, message: `${source} can't be used with ${spelled('workers')} ${workers}, ${why}` }];
  }
  if (cluster !== undefined) return [];
  return [{ source, message: `${source} is given without cluster: add --cluster with the URL of the engine, or remove it` }];
}

function incompleteTls({ sslkey, sslcert }: Settings, spelled: (name: OptionName) => string): ConfigProblem[] {
  if ((sslkey === undefined) === (sslcert === undefined)) return [];
  const [present, missing] = sslkey === undefined ? (['sslcert', 'sslkey'] as const) : (['sslkey', 'sslcert'] as const);
  const source = spelled(present);
  return [{ source, message: `${source} is given without ${missing}; TLS needs both sslkey and sslcert` }];
}
