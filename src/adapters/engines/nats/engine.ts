import { Kvm } from '@nats-io/kv';
import { connect, credsAuthenticator, errors, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Log } from '../../../application/ports/log.ts';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import {
  sleep,
  CONNECT_TIMEOUT_MS,
  CLOSE_TIMEOUT_MS,
  addressOf,
  rejectionLogger,
  KEEP_ALIVE_MS,
  engineUnreachable,
  type EngineSettings,
} from '../shared/engine-connection.ts';
import { formatConflict, FORMAT_VERSION } from '../shared/format-version.ts';
import { endClosedHandshake } from './closed-handshake.ts';
import { OrderedAnswers } from './ordered-answers.ts';
import { invariant } from '../../../domain/invariant.ts';
import { NatsClusterRecords } from './cluster-records.ts';
import { NatsNodeBus } from './bus.ts';
import { NatsPeerDirectory } from './directory.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { bucketOf } from './keys.ts';
import { reconnectDelay } from './reconnect-delay.ts';
import { exceededLimit } from './size-limits.ts';

import type { JournalEvent } from './journal-events.ts';
import { NatsMailboxStore } from './mailboxes.ts';
import { ClaimTables } from './claim-tables.ts';
import { ClaimTable } from './claim-table.ts';

/** The shared parts of a cluster, as one node uses them. */
export interface NatsEngine {
  readonly node: NodeId;
  readonly directory: NatsPeerDirectory;
  readonly mailboxes: NatsMailboxStore;
  readonly bus: NatsNodeBus;
  readonly records: NatsClusterRecords;
}

interface OpenableEngine extends NatsEngine {
  readonly journals: readonly Journal[];
  /** Starts to read the journals. Earlier calls wait. */
  open(): Promise<void>;
}

/** A connection to NATS. */
export interface NatsClient {
  readonly connection: NatsConnection;
  readonly kvm: Kvm;
  /** Replicas of new streams. */
  readonly replicas: number;
  /** URL of the engine without credentials. */
  readonly address: string;
}

/** Delay between two attempts to reconnect. */
const RETRY_MS = 100;
/** Time limit for the handshake of one connection. */
const HANDSHAKE_TIMEOUT_MS = 2_000;

/**
 * Connects to NATS with JetStream.
 * @param url may contain credentials, which are not logged. `?replicas=3` sets the replicas of new streams;
 * `?credentials=<file>` names a credentials file.
 * @throws ListenError if the server does not reply in time, a setting exceeds its limits, or live nodes of another format
 * version use it.
 */
export async function connectNatsEngine(
  url: string,
  settings: EngineSettings & { readonly idLength: number },
  log: Log,
): Promise<NatsEngine> {
  const address = addressOf(url);
  const connection = await withConnectTimeout(
    Promise.resolve(url).then((from) => connectRepeatedly(connectionOptions(from))),
    address,
  );
  const problem = exceededLimit(settings, connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
  if (problem !== undefined) {
    await connection.close();
    throw engineUnreachable(address, new Error(problem));
  }
  const client = { connection, kvm: new Kvm(connection), replicas: replicaCount(url), address };
  const engine = createNatsEngine(client, settings, log);
  await withConnectTimeout(join(engine), address).catch(async (error: unknown) => {
    const found = foreignVersion(engine);
    for (const journal of engine.journals) journal.close();
    await connection.close();
    throw found === undefined ? error : formatConflict(address, found);
  });
  log.record({ event: 'engine-reached', engine: address, node: settings.node });
  void followConnection(client, engine, log);
  return engine;
}

/** Repeats attempts that take too long. The caller waits for `CONNECT_TIMEOUT_MS` at most. */
async function connectRepeatedly(options: ConnectionOptions): Promise<NatsConnection> {
  const end = performance.now() + CONNECT_TIMEOUT_MS;
  for (;;) {
    try {
      return await connect(options);
    } catch (error) {
      if (!(error instanceof errors.TimeoutError) || performance.now() > end) throw error;
    }
  }
}

/** Creates an engine on a connection. @param overrides replace time, in tests. */
export function createNatsEngine(
  { connection, kvm, replicas }: NatsClient,
  settings: EngineSettings,
  log: Log,
  overrides: Pick<JournalOptions, 'timeOverride' | 'sleep'> = {},
): OpenableEngine {
  const onRejected = rejectionLogger(log);
  const maxEntryBytes = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const onFault = (error: unknown): void => log.record({ event: 'fault', error, connection: undefined });
  const all = settings.realms.map((realm) => {
    const journal = new Journal({
      ...{ kvm, bucket: bucketOf(realm), replicas, settings, maxEntryBytes },
      onEvent: (event) => bus.deliver(busMessageOf(event, realm)),
      onEventsMissed: () => bus.reportLoss(),
      onRejected,
      onFault,
      ...overrides,
    });
    return [realm, new ClaimTable(journal)] as const;
  });
  const journals = all.map(([, { journal }]) => journal);
  const bus = new NatsNodeBus(settings.node, connection, {
    onFault: onRejected,
    isReachable: () => journals.every(({ isReady }) => isReady),
    onClose: () => closeEngine(connection, journals),
  });
  const claimTables = new ClaimTables(new Map(all));
  const answers = new OrderedAnswers();
  const [journal] = journals;
  invariant(journal !== undefined, 'a broker has a realm');
  return {
    ...{ node: settings.node, bus, journals },
    records: new NatsClusterRecords({ kvm, replicas, journal, onRejected, onFault }),
    open: async () => void (await Promise.all(journals.map((journal) => journal.open()))),
    directory: new NatsPeerDirectory(claimTables, answers, settings),
    mailboxes: new NatsMailboxStore(claimTables, answers, { ...settings, maxEntryBytes }),
  };
}

/** The first lease follows at once: of two nodes of different format versions that start together, the later one fails. */
async function join(engine: OpenableEngine): Promise<void> {
  await engine.open();
  await new Promise((resolve) => engine.directory.renewLease(engine.node, resolve));
}

function foreignVersion({ journals }: Pick<OpenableEngine, 'journals'>): number | undefined {
  return journals.find((journal) => journal.foreignVersion !== undefined)?.foreignVersion;
}

function logFormatChanges(engine: Pick<OpenableEngine, 'journals' | 'node'>, address: string, log: Log): void {
  let known: number | undefined;
  const report = (): void => {
    const found = foreignVersion(engine);
    if (found === known) return;
    known = found;
    if (found === undefined) log.record({ event: 'engine-reached', engine: address, node: engine.node });
    else log.record({ event: 'format-conflict', engine: address, found, supported: FORMAT_VERSION });
  };
  for (const journal of engine.journals) journal.onFormatChange(report);
}

function busMessageOf(event: JournalEvent, realm: RealmKey): Parameters<NatsNodeBus['deliver']>[0] {
  if (event.type === 'mail') return { type: 'mail', realm, id: event.id };
  return { type: 'superseded', realm, id: event.id, connection: event.connection };
}

/** Closes a connection after the writes in flight, such as released claims. */
async function closeEngine(connection: NatsConnection, journals: readonly Journal[]): Promise<void> {
  const all = Promise.all(journals.map((journal) => journal.flush().then(() => journal.sync())));
  await Promise.race([all, sleep(CLOSE_TIMEOUT_MS)]);
  for (const journal of journals) journal.close();
  await connection.close();
}

/** Disconnects the journals when the connection is lost, and reads them again after the reconnect. */
export async function followConnection(
  { connection, address }: Pick<NatsClient, 'connection' | 'address'>,
  { journals, bus, node }: Pick<OpenableEngine, 'journals' | 'bus' | 'node'>,
  log: Log,
): Promise<void> {
  logFormatChanges({ journals, node }, address, log);
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      endClosedHandshake(connection);
      log.record({ event: 'engine-lost', engine: address, detail: 'closed' });
      for (const journal of journals) journal.disconnect();
    }
    if (status.type === 'reconnect') {
      void Promise.all(journals.map((journal) => journal.open())).then(() => {
        log.record({ event: 'engine-reached', engine: address, node });
        bus.reportLoss();
      });
    }
  }
}

async function withConnectTimeout<T>(operation: Promise<T>, engine: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no reply in ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([operation, late]);
  } catch (error) {
    throw engineUnreachable(engine, error);
  } finally {
    clearTimeout(timer);
  }
}

function connectionOptions(url: string): ConnectionOptions {
  const { protocol, host, username, password, searchParams } = new URL(url);
  const file = searchParams.get('credentials');
  return {
    servers: host,
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    ...(username === ''
      ? {}
      : password === ''
        ? { token: decode(username) }
        : { user: decode(username), pass: decode(password) }),
    ...(file === null ? {} : { authenticator: credsAuthenticator(readFileSync(file)) }),
    // Collecting a stack trace for each entry costs more than the entry.
    noAsyncTraces: true,
    ...{ maxReconnectAttempts: -1, pingInterval: KEEP_ALIVE_MS, timeout: HANDSHAKE_TIMEOUT_MS },
    reconnectDelayHandler: reconnectDelay(RETRY_MS),
  };
}

function decode(text: string): string {
  return decodeURIComponent(text);
}

function replicaCount(url: string): number {
  return Number(new URL(url).searchParams.get('replicas') ?? 1);
}
