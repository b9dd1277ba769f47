import { Kvm } from '@nats-io/kv';
import { connect, credsAuthenticator, type ConnectionOptions, type NatsConnection } from '@nats-io/transport-node';
import { readFileSync } from 'node:fs';
import type { Log } from '../../../application/ports/log.ts';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import {
  elapsed,
  FIRST_ANSWER_MS,
  LAST_WORD_MS,
  placeOf,
  refusing,
  SILENCE_MS,
  unreachable,
  type EngineSettings,
} from '../shared/reaching.ts';
import { Answers } from './answers.ts';
import { NatsNodeBus } from './bus.ts';
import { NatsPeerDirectory } from './directory.ts';
import { Journal, type JournalParts } from './journal.ts';
import { bucketOf } from './keys.ts';
import { misfitIn } from './misfits.ts';
import type { News } from './ledger.ts';
import { NatsMailboxStore } from './mailboxes.ts';
import { Realms } from './realms.ts';
import { Seats } from './seats.ts';

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
export interface NatsLine {
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
export async function reachNats(
  url: string,
  settings: EngineSettings & { readonly idLength: number },
  log: Log,
): Promise<NatsEngine> {
  const place = placeOf(url);
  const connection = await orLate(
    Promise.resolve(url).then((from) => connect(optionsIn(from))),
    place,
  );
  const problem = misfitIn(settings, connection.info?.max_payload ?? Number.POSITIVE_INFINITY);
  if (problem !== undefined) {
    await connection.close();
    throw unreachable(place, new Error(problem));
  }
  const line = { connection, kvm: new Kvm(connection), replicas: replicasIn(url), place };
  const engine = natsEngine(line, settings, log);
  await orLate(engine.open(), place).catch(async (error: unknown) => {
    await connection.close();
    throw error;
  });
  log.record({ event: 'engine-reached', engine: place, node: settings.node });
  void follow(line, engine, log);
  return engine;
}

/** An engine over a line that there is. @param turned what stands for time, in tests. */
export function natsEngine(
  { connection, kvm, replicas }: NatsLine,
  settings: EngineSettings,
  log: Log,
  turned: Pick<JournalParts, 'time' | 'elapsed'> = {},
): OpenableEngine {
  const refused = refusing(log);
  const mostBytes = connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const all = settings.realms.map((realm) => {
    const journal = new Journal({
      ...{ kvm, bucket: bucketOf(realm), replicas, settings, mostBytes },
      onNews: (news) => bus.overheard(wordIn(news, realm)),
      onRefused: refused,
      onFault: (error) => log.record({ event: 'fault', error, connection: undefined }),
      ...turned,
    });
    return [realm, new Seats(journal)] as const;
  });
  const journals = all.map(([, { journal }]) => journal);
  const bus = new NatsNodeBus(settings.node, connection, {
    onFault: refused,
    isReached: () => journals.every(({ isReady }) => isReady),
    onClose: () => end(connection, journals),
  });
  const realms = new Realms(new Map(all));
  const answers = new Answers();
  return {
    ...{ node: settings.node, bus, journals },
    open: async () => void (await Promise.all(journals.map((journal) => journal.open()))),
    directory: new NatsPeerDirectory(realms, answers, settings),
    mailboxes: new NatsMailboxStore(realms, answers, { ...settings, mostBytes }),
  };
}

function wordIn(news: News, realm: RealmKey): Parameters<NatsNodeBus['overheard']>[0] {
  if (news.news === 'mail') return { say: 'mail', realm, id: news.id };
  return { say: 'superseded', realm, id: news.id, connection: news.connection };
}

/** Ends a connection after what is under way, as claims that are given back. */
async function end(connection: NatsConnection, journals: readonly Journal[]): Promise<void> {
  const all = Promise.all(journals.map((journal) => journal.posted().then(() => journal.sync())));
  await Promise.race([all, elapsed(LAST_WORD_MS)]);
  for (const journal of journals) journal.close();
  await connection.close();
}

/** Shuts the journals of an engine when its line is lost, and reads them again when it is back. */
export async function follow(
  { connection, place }: Pick<NatsLine, 'connection' | 'place'>,
  { journals, bus, node }: Pick<OpenableEngine, 'journals' | 'bus' | 'node'>,
  log: Log,
): Promise<void> {
  for await (const status of connection.status()) {
    if (status.type === 'disconnect') {
      log.record({ event: 'engine-lost', engine: place, detail: 'closed' });
      for (const journal of journals) journal.shut();
    }
    if (status.type === 'reconnect') {
      void Promise.all(journals.map((journal) => journal.open())).then(() => {
        log.record({ event: 'engine-reached', engine: place, node });
        bus.missed();
      });
    }
  }
}

async function orLate<T>(made: Promise<T>, engine: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer in ${FIRST_ANSWER_MS} ms`)), FIRST_ANSWER_MS);
  });
  try {
    return await Promise.race([made, late]);
  } catch (error) {
    throw unreachable(engine, error);
  } finally {
    clearTimeout(timer);
  }
}

function optionsIn(url: string): ConnectionOptions {
  const { protocol, host, username, password, searchParams } = new URL(url);
  const file = searchParams.get('credentials');
  return {
    servers: host,
    ...(protocol === 'tls:' ? { tls: {} } : {}),
    ...(username === ''
      ? {}
      : password === ''
        ? { token: decoded(username) }
        : { user: decoded(username), pass: decoded(password) }),
    ...(file === null ? {} : { authenticator: credsAuthenticator(readFileSync(file)) }),
    // A trace for each entry costs more than the entry.
    noAsyncTraces: true,
    ...{ maxReconnectAttempts: -1, reconnectTimeWait: RETRY_MS, pingInterval: SILENCE_MS, timeout: FIRST_ANSWER_MS },
  };
}

function decoded(text: string): string {
  return decodeURIComponent(text);
}

function replicasIn(url: string): number {
  return Number(new URL(url).searchParams.get('replicas') ?? 1);
}
