import type { Redis } from 'ioredis';
import type { Log } from '../../../application/ports/log.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { invariant } from '../../../domain/invariant.ts';
import {
  CONNECT_TIMEOUT_MS,
  addressOf,
  rejectionLogger,
  engineUnreachable,
  type EngineSettings,
} from '../shared/engine-connection.ts';
import { formatConflict, FORMAT_VERSION } from '../shared/format-version.ts';
import { RedisClusterRecords } from './cluster-records.ts';
import { RedisNodeBus } from './bus.ts';
import { openConnection } from './connection.ts';
import { RedisPeerDirectory } from './directory.ts';
import { FormatCheck } from './format-check.ts';
import { ScriptRunner } from './script-runner.ts';
import { RedisMailboxStore } from './mailboxes.ts';

/** The shared parts of a cluster, as one node uses them. */
interface RedisEngine {
  readonly node: NodeId;
  readonly directory: RedisPeerDirectory;
  readonly mailboxes: RedisMailboxStore;
  readonly bus: RedisNodeBus;
  readonly records: RedisClusterRecords;
}

/**
 * Connects to Redis or Valkey.
 * @param url may contain credentials, which are not logged. With `?sentinel=name` the host is a Sentinel, which returns the
 * address of the primary of that name.
 * @throws ListenError if the engine does not reply in time, or live nodes of another format version use it.
 */
export async function connectRedisEngine(url: string, settings: EngineSettings, log: Log): Promise<RedisEngine> {
  const [commands, subscriber] = [openConnection(url), openConnection(url)];
  const { node } = settings;
  const onFault = (error: unknown): void => log.record({ event: 'fault', error, connection: undefined });
  const runner = new ScriptRunner(commands, node, onFault);
  const onRejected = rejectionLogger(log);
  const onLeftBehind = (version: number): void => onRejected({ why: 'unknown-version', version });
  const formats = new FormatCheck(runner, { ...settings, onLeftBehind, onFault });
  await waitForConnections(runner, formats, [commands, subscriber], url);
  formats.start();
  commands.once('end', () => formats.stop());
  logConnectionChanges(commands, runner, formats, addressOf(url), node, log);
  const bus = new RedisNodeBus(node, runner, subscriber, onRejected);
  const [realm] = settings.realms;
  invariant(realm !== undefined, 'a broker has a realm');
  return {
    ...{ node, bus, records: new RedisClusterRecords(runner, { realm, onRejected, onFault }) },
    ...{ directory: new RedisPeerDirectory(runner, settings), mailboxes: new RedisMailboxStore(runner, settings) },
  };
}

async function waitForConnections(
  runner: ScriptRunner,
  formats: FormatCheck,
  connections: readonly [Redis, Redis],
  url: string,
): Promise<void> {
  const [commands, subscriber] = connections;
  let last: unknown = new Error(`no reply in ${CONNECT_TIMEOUT_MS} ms`);
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<'timeout'>((resolve) => {
    commands.on('error', (error) => (last = error));
    timer = setTimeout(() => resolve('timeout'), CONNECT_TIMEOUT_MS);
  });
  const outcome = await Promise.race([
    timeout,
    Promise.all([runner.started, new Promise((ready) => subscriber.once('ready', ready))]),
  ]);
  clearTimeout(timer);
  if (outcome !== 'timeout') return;
  for (const redis of connections) redis.disconnect();
  if (formats.foreignVersion !== undefined) throw formatConflict(addressOf(url), formats.foreignVersion);
  throw engineUnreachable(addressOf(url), runner.writeError ?? last);
}

function logConnectionChanges(
  redis: Redis,
  runner: ScriptRunner,
  formats: FormatCheck,
  engine: string,
  node: NodeId,
  log: Log,
): void {
  let detail = 'closed';
  log.record({ event: 'engine-reached', engine, node });
  let isReachable = true;
  const lost = (why: string): void => {
    if (isReachable) log.record({ event: 'engine-lost', engine, detail: why });
    isReachable = false;
  };
  const reached = (): void => {
    const isUsable = runner.writeError === undefined && formats.foreignVersion === undefined;
    if (!isReachable && isUsable) log.record({ event: 'engine-reached', engine, node });
    isReachable = isUsable;
  };
  redis.on('error', (error: Error) => (detail = error.message));
  redis.on('close', () => {
    if (redis.status !== 'end') lost(detail);
  });
  redis.on('ready', reached);
  formats.onChange((found) => {
    if (found === undefined) return reached();
    log.record({ event: 'format-conflict', engine, found, supported: FORMAT_VERSION });
    isReachable = false;
  });
  runner.onWriteErrorChange((error) => (error === undefined ? reached() : lost(error.message)));
  if (runner.writeError !== undefined) lost(runner.writeError.message);
}
