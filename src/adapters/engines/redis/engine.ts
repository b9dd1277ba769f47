import type { Redis } from 'ioredis';
import type { Log } from '../../../application/ports/log.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { FIRST_ANSWER_MS, placeOf, refusing, unreachable, type EngineSettings } from '../shared/reaching.ts';
import { RedisNodeBus } from './bus.ts';
import { connection } from './connection.ts';
import { RedisPeerDirectory } from './directory.ts';
import { RedisLink } from './link.ts';
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
export async function reachRedis(url: string, settings: EngineSettings, log: Log): Promise<RedisEngine> {
  const [asking, listening] = [connection(url), connection(url)];
  const { node } = settings;
  const onFault = (error: unknown): void => log.record({ event: 'fault', error, connection: undefined });
  const link = new RedisLink(asking, node, onFault);
  await firstAnswer(link, [asking, listening], url);
  watch(asking, link, placeOf(url), node, log);
  const bus = new RedisNodeBus(node, link, listening, refusing(log));
  return { node, directory: new RedisPeerDirectory(link, settings), mailboxes: new RedisMailboxStore(link, settings), bus };
}

async function firstAnswer(link: RedisLink, both: readonly [Redis, Redis], url: string): Promise<void> {
  const [asking, listening] = both;
  let last: unknown = new Error(`no answer in ${FIRST_ANSWER_MS} ms`);
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<'late'>((resolve) => {
    asking.on('error', (error) => (last = error));
    timer = setTimeout(() => resolve('late'), FIRST_ANSWER_MS);
  });
  const outcome = await Promise.race([
    tooLate,
    Promise.all([link.begun, new Promise((ready) => listening.once('ready', ready))]),
  ]);
  clearTimeout(timer);
  if (outcome !== 'late') return;
  for (const redis of both) redis.disconnect();
  throw unreachable(placeOf(url), link.refusal ?? last);
}

function watch(redis: Redis, link: RedisLink, engine: string, node: NodeId, log: Log): void {
  let detail = 'closed';
  log.record({ event: 'engine-reached', engine, node });
  let isReached = true;
  const lost = (why: string): void => {
    if (isReached) log.record({ event: 'engine-lost', engine, detail: why });
    isReached = false;
  };
  const reached = (): void => {
    if (!isReached && link.refusal === undefined) log.record({ event: 'engine-reached', engine, node });
    isReached = link.refusal === undefined;
  };
  redis.on('error', (error: Error) => (detail = error.message));
  redis.on('close', () => {
    if (redis.status !== 'end') lost(detail);
  });
  redis.on('ready', reached);
  link.onRefusal((refusal) => (refusal === undefined ? reached() : lost(refusal.message)));
  if (link.refusal !== undefined) lost(link.refusal.message);
}
