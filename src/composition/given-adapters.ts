import type { Authorizer } from '../application/ports/authorizer.ts';
import type { Clock } from '../application/ports/clock.ts';
import type { AnyDialect } from '../application/ports/dialect.ts';
import type { IceServers } from '../application/ports/ice-servers.ts';
import type { Log } from '../application/ports/log.ts';
import type { MailboxStore } from '../application/ports/mailbox-store.ts';
import type { MetricsReader } from '../application/ports/metrics-reader.ts';
import type { ClusterRecords } from '../application/ports/cluster-records.ts';
import type { NodeBus } from '../application/ports/node-bus.ts';
import type { PeerDirectory } from '../application/ports/peer-directory.ts';
import type { Telemetry } from '../application/ports/telemetry.ts';
import type { Transport } from '../application/ports/transport.ts';
import type { NodeId } from '../domain/ids.ts';
import { MeteredAuthorizer } from '../application/metered-authorizer.ts';
import { checkAdapter } from './adapter-checks.ts';
import { SINGLE_NODE, uniqueNode } from './adapter-registry.ts';
import { dialectsOf } from './dialect-registry.ts';
import type { BrokerEnvironment } from './broker-environment.ts';
import { ConfigError } from './configuration/config-error.ts';
import type { Config } from './configuration/config.ts';

/* Adapters from outside. Each one replaces the adapter of the same port in `adapter-registry.ts` or `dialect-registry.ts`. */

/** The parts of the broker that an adapter may need. */
export interface AdapterParts {
  /** All options, with their defaults: the limits of a mailbox store, the port of a transport. */
  readonly config: Config;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  /** Unique for each process if `bus` is given; else the name of a single node. */
  readonly node: NodeId;
}

/** An adapter, or a function that makes it when the broker starts to listen. */
export type AdapterSource<Adapter> = Adapter | ((parts: AdapterParts) => Adapter | Promise<Adapter>);

/**
 * Adapters from outside. An adapter that is not given is the one of the options. With `bus` the broker is a node of a cluster, so
 * `mailboxes` and `directory` are needed too.
 */
export interface Adapters {
  readonly mailboxes?: AdapterSource<MailboxStore> | undefined;
  readonly directory?: AdapterSource<PeerDirectory> | undefined;
  readonly bus?: AdapterSource<NodeBus> | undefined;
  /** ADM15: without it, each node keeps its bans to itself, and answers operators for itself. */
  readonly clusterRecords?: AdapterSource<ClusterRecords> | undefined;
  readonly transport?: AdapterSource<Transport> | undefined;
  readonly clock?: Clock | undefined;
  readonly log?: Log | undefined;
  /** The metrics of the broker are readable if it is a metrics reader too. */
  readonly telemetry?: (Telemetry & Partial<MetricsReader>) | undefined;
  /** Decides instead of the options of authentication. */
  readonly authorizer?: AdapterSource<Authorizer> | undefined;
  readonly iceServers?: AdapterSource<IceServers> | undefined;
  /** Beside the dialects of the options; they match a path first. */
  readonly dialects?: AdapterSource<readonly AnyDialect[]> | undefined;
}

type AdapterName = keyof Adapters;

/** The adapters from outside, as the parts of a broker. */
export interface OutsideAdapters {
  readonly transport: Transport | undefined;
  readonly environment: Pick<
    BrokerEnvironment,
    'engine' | 'records' | 'mailboxes' | 'directory' | 'authorizer' | 'iceServers' | 'moreDialects'
  >;
}

/** Calls the functions among the adapters. @throws ConfigError for a function that fails or returns no such adapter. */
export async function makeAdapters(adapters: Adapters, broker: Omit<AdapterParts, 'node'>): Promise<OutsideAdapters> {
  const node = adapters.bus === undefined ? SINGLE_NODE : uniqueNode();
  const parts = { ...broker, node };
  const [mailboxes, directory, bus] = [
    await made('mailboxes', adapters.mailboxes, parts),
    await made('directory', adapters.directory, parts),
    await made('bus', adapters.bus, parts),
  ];
  const isEngine = mailboxes !== undefined && directory !== undefined && bus !== undefined;
  const authorizer = await made('authorizer', adapters.authorizer, parts);
  const environment = {
    records: await made('clusterRecords', adapters.clusterRecords, parts),
    ...(isEngine ? { engine: { node, mailboxes, directory, bus } } : { mailboxes, directory }),
    authorizer: authorizer && new MeteredAuthorizer(authorizer, 'adapter', broker.telemetry),
    iceServers: await made('iceServers', adapters.iceServers, parts),
    moreDialects: withoutNamesakes(await made('dialects', adapters.dialects, parts), broker.config),
  };
  return { environment, transport: await made('transport', adapters.transport, parts) };
}

/** Dialects are found by their names. @throws ConfigError for a name that another dialect has. */
function withoutNamesakes(dialects: readonly AnyDialect[] | undefined, config: Config): typeof dialects {
  const names = [...(dialects ?? []), ...dialectsOf(config)].map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (dialects === undefined || twice === undefined) return dialects;
  const message = `adapters.dialects has the dialect ${twice}, whose name another dialect has: use another name, or leave ${twice} out of the option dialects`;
  throw new ConfigError([{ source: 'adapters.dialects', message }]);
}

async function made<Adapter>(
  name: AdapterName,
  source: AdapterSource<Adapter> | undefined,
  parts: AdapterParts,
): Promise<Adapter | undefined> {
  if (!isMaker(source)) return source;
  const adapter = await callMaker(name, source, parts);
  const problem = checkAdapter(name, adapter);
  if (problem !== undefined) throw new ConfigError([problem]);
  return adapter;
}

function isMaker<Adapter>(
  source: AdapterSource<Adapter> | undefined,
): source is (parts: AdapterParts) => Adapter | Promise<Adapter> {
  return typeof source === 'function';
}

async function callMaker<Adapter>(
  name: AdapterName,
  maker: (parts: AdapterParts) => Adapter | Promise<Adapter>,
  parts: AdapterParts,
): Promise<Adapter> {
  try {
    return await maker(parts);
  } catch (error) {
    const source = `adapters.${name}`;
    const detail = error instanceof Error ? error.message : String(error);
    throw new ConfigError([{ source, message: `${source}: the function that makes the adapter failed: ${detail}` }]);
  }
}
