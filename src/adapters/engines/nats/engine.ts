import { Kvm } from '@nats-io/kv';
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
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
import { OrderedAnswers } from './ordered-answers.ts';
import { NatsNodeBus } from './bus.ts';
import { NatsPeerDirectory } from './directory.ts';
import { Journal, type JournalOptions } from './journal.ts';
import { bucketOf } from './keys.ts';
import { exceededLimit } from './size-limits.ts';
import type { JournalEvent } from './journal-state.ts';
import { NatsMailboxStore } from './mailboxes.ts';
import { ClaimTables } from './claim-tables.ts';
import { ClaimTable } from './claim-table.ts';

/** What the nodes of a cluster share, as one of them has it. */
export interface NatsEngine {
  readonly node: NodeId;
  readonly directory: NatsPeerDirectory;
  readonly mailboxes: NatsMailboxStore;
  readonly bus: NatsNodeBus;
}

interface OpenableEngine extends NatsEngine {
  readonly journals: readonly Journal[];
  /** Begins to read; what is asked before waits. */
  open(): Promise<void>;
}

/** A way to NATS that there is. */
export interface NatsClient {
  readonly connection: NatsConnection;
  readonly kvm: Kvm;
  /** Copies that the engine keeps of what is new. */
  readonly replicas: number;
  /** Where the engine is, without credentials. */
  readonly place: string;
}

const RETRY_MS = 250;

/**
 * Connects to NATS, which has to have JetStream.
 * @param url with credentials, if it has any; they are not logged. `?replicas=3` for so many copies of what is new,
 * `?credentials=<file>` for a file of credentials.
 * @throws ListenError where nobody answers.
 */
export async function connectNatsEngine(
  url: string,
  settings: EngineSettings & { readonly idLength: number },
  log: Log,
): Promise<NatsEngine> {
  const place = addressOf(url);
  const connection = await withConnectTimeout(
    Promise.resolve(url).then((from) => connect(connectionOptions(from))),
    place,
  );
  const problem = exceededLimit(settings, connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
  if (problem !== undefined) {
    await connection.close();
    throw engineUnreachable(place, new Error(problem));
  }
  const line = { connection, kvm: new Kvm(connection), replicas: replicaCount(url), place };
  const engine = createNatsEngine(line, settings, log);
  await withConnectTimeout(engine.open(), place).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  log.record({ event: 'engine-reached', engine: place, node: settings.node });
  void followConnection(line, engine, log);
  return engine;
}

/** An engine over a line that there is. @param overrides what stands for time, in tests. */
export function createNatsEngine(
  { connection, kvm, replicas }: NatsClient,
  settings: EngineSettings,
  log: Log,
  overrides: Pick<JournalOptions, 'timeOverride' | 'sleep'> = {},
): OpenableEngine {
  const refused = rejectionLogger(log);
  const maxEntryBytes = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const all = settings.realms.map((realm) => {
    const journal = new Journal({
      ...{ kvm, bucket: bucketOf(realm), replicas, settings, maxEntryBytes },
      onEvent: (news) => bus.deliver(busMessageOf(news, realm)),
      onRejected: refused,
      onFault: (error) => log.record({ event: 'fault', error, connection: undefined }),
      ...overrides,
    });
    return [realm, new ClaimTable(journal)] as const;
  });
  const journals = all.map(([, { journal }]) => journal);
  const bus = new NatsNodeBus(settings.node, connection, {
    onFault: refused,
    isReachable: () => journals.every(({ isReady }) => isReady),
    onClose: () => closeEngine(connection, journals),
  });
  const realms = new ClaimTables(new Map(all));
  const answers = new OrderedAnswers();
  return {
    ...{ node: settings.node, bus, journals },
    open: async () => void (await Promise.all(journals.map((journal) => journal.open()))),
    directory: new NatsPeerDirectory(realms, answers, settings),
    mailboxes: new NatsMailboxStore(realms, answers, { ...settings, maxEntryBytes }),
  };
}

function busMessageOf(news: JournalEvent, realm: RealmKey): Parameters<NatsNodeBus['deliver']>[0] {
  if (news.type === 'mail') return { type: 'mail', realm, id: news.id };
  return { type: 'superseded', realm, id: news.id, connection: news.connection };
}

/** Ends a connection after what is under way, as claims that are given back. */
async function closeEngine(connection: NatsConnection, journals: readonly Journal[]): Promise<void> {
  const all = Promise.all(journals.map((journal) => journal.flush().then(() => journal.sync())));
  await Promise.race([all, sleep(CLOSE_TIMEOUT_MS)]);
  for (const journal of journals) journal.close();
  await connection.close();
}

/** Shuts the journals of an engine when its line is lost, and reads them again when it is back. */
export async function followConnection(
  { connection, place }: Pick<NatsClient, 'connection' | 'place'>,
  { journals, bus, node }: Pick<OpenableEngine, 'journals' | 'bus' | 'node'>,
  log: Log,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      log.record({ event: 'engine-lost', engine: place, detail: 'closed' });
      for (const journal of journals) journal.disconnect();
    }
    if (status.type === 'reconnect') {
      void Promise.all(journals.map((journal) => journal.open())).then(() => {
        log.record({ event: 'engine-reached', engine: place, node });
        bus.reportLoss();
      });
    }
  }
}

async function withConnectTimeout<T>(made: Promise<T>, engine: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${CONNECT_TIMEOUT_MS} ms`)), CONNECT_TIMEOUT_MS);
  });
  try {
    return await Promise.race([made, late]);
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
    // A trace for each entry costs more than the entry.
    noAsyncTraces: true,
    ...{ maxReconnectAttempts: -1, reconnectTimeWait: RETRY_MS, pingInterval: KEEP_ALIVE_MS, timeout: CONNECT_TIMEOUT_MS },
  };
}

function decode(text: string): string {
  return decodeURIComponent(text);
}

function replicaCount(url: string): number {
  return Number(new URL(url).searchParams.get('replicas') ?? 1);
}
