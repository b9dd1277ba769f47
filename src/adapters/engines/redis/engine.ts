import type { Redis } from 'ioredis';
import type { Log } from '../../../application/ports/log.ts';
import type { NodeId } from '../../../domain/ids.ts';
import {
  CONNECT_TIMEOUT_MS,
  addressOf,
  rejectionLogger,
  engineUnreachable,
  type EngineSettings,
} from '../shared/engine-connection.ts';
import { RedisNodeBus } from './bus.ts';
import { openConnection } from './connection.ts';
import { RedisPeerDirectory } from './directory.ts';
import { ScriptRunner } from './script-runner.ts';
import { RedisMailboxStore } from './mailboxes.ts';

/** What the nodes of a cluster share, as one of them has it. */
interface RedisEngine {
  readonly node: NodeId;
  readonly directory: RedisPeerDirectory;
  readonly mailboxes: RedisMailboxStore;
  readonly bus: RedisNodeBus;
}

/**
 * Connects to Redis or Valkey.
 * @param url with credentials, if it has any; they are not logged. `?sentinel=name` where the host is not that of the engine,
 * but of a Sentinel that knows where the primary of that name is.
 * @throws ListenError where nobody answers.
 */
export async function connectRedisEngine(url: string, settings: EngineSettings, log: Log): Promise<RedisEngine> {
  const [asking, listening] = [openConnection(url), openConnection(url)];
  const { node } = settings;
  const onFault = (error: unknown): void => log.record({ event: 'fault', error, connection: undefined });
  const link = new ScriptRunner(asking, node, onFault);
  await waitForConnections(link, [asking, listening], url);
  logConnectionChanges(asking, link, addressOf(url), node, log);
  const bus = new RedisNodeBus(node, link, listening, rejectionLogger(log));
  return { node, directory: new RedisPeerDirectory(link, settings), mailboxes: new RedisMailboxStore(link, settings), bus };
}

async function waitForConnections(link: ScriptRunner, both: readonly [Redis, Redis], url: string): Promise<void> {
  const [asking, listening] = both;
  let last: unknown = new Error(`no answer in ${CONNECT_TIMEOUT_MS} ms`);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'late'>((resolve) => {
    asking.on('error', (error) => (last = error));
    timer = setTimeout(() => resolve('late'), CONNECT_TIMEOUT_MS);
  });
  const outcome = await Promise.race([
    tooLate,
    Promise.all([link.started, new Promise((ready) => listening.once('ready', ready))]),
  ]);
  clearTimeout(timer);
  if (outcome !== 'late') return;
  for (const redis of both) redis.disconnect();
  throw engineUnreachable(addressOf(url), link.writeError ?? last);
}

function logConnectionChanges(redis: Redis, link: ScriptRunner, engine: string, node: NodeId, log: Log): void {
  let detail = 'closed';
  log.record({ event: 'engine-reached', engine, node });
  let isReachable = true;
  const lost = (why: string): void => {
    if (isReachable) log.record({ event: 'engine-lost', engine, detail: why });
    isReachable = false;
  };
  const reached = (): void => {
    if (!isReachable && link.writeError === undefined) log.record({ event: 'engine-reached', engine, node });
    isReachable = link.writeError === undefined;
  };
  redis.on('error', (error: Error) => (detail = error.message));
  redis.on('close', () => {
    if (redis.status !== 'end') lost(detail);
  });
  redis.on('ready', reached);
  link.onWriteErrorChange((refusal) => (refusal === undefined ? reached() : lost(refusal.message)));
  if (link.writeError !== undefined) lost(link.writeError.message);
}
