import { setTimeout as wait } from 'node:timers/promises';
import { addressOf, engineUnreachable } from '../adapters/engines/shared/engine-connection.ts';
import type { Log } from '../application/ports/log.ts';
import { ListenError } from '../application/ports/transport.ts';
import type { Engine } from './broker-environment.ts';
import type { Config } from './configuration/config.ts';
import { engines } from './adapter-registry.ts';

/** Until the log says that the engine does not respond. */
const NOTICE_MS = 1_000;
/** Between two attempts, because an attempt may fail at once. */
const RETRY_MS = 500;

type Connect = (url: string, config: Config, log: Log) => Promise<Engine>;

/**
 * The engine of the option `cluster`; undefined for a single node.
 * @param signal ends the wait for the engine, and thereby the start.
 * @throws ListenError when the engine does not respond, unless `cluster_start` is `wait`.
 */
export async function makeEngine(config: Config, log: Log, signal?: AbortSignal, connect?: Connect): Promise<Engine | undefined> {
  const { cluster: url, clusterStart } = config;
  if (url === undefined) return undefined;
  const engine = addressOf(url);
  const attempt = connect ?? (/^(?:nats|tls):/.test(url) ? engines.nats : engines.redis);
  const notice = setTimeout(() => log.record({ event: 'engine-awaited', engine, isPatient: clusterStart === 'wait' }), NOTICE_MS);
  try {
    for (;;) {
      const made = await Promise.race([connectedOr(attempt(url, config, log)), aborted(signal)]);
      if (made === 'aborted') throw engineUnreachable(engine, 'the start was cancelled');
      if (!(made instanceof ListenError)) return made;
      if (clusterStart === 'exit' || made.refusal.reason !== 'engine-unreachable') throw made;
      await Promise.race([wait(RETRY_MS), aborted(signal)]);
    }
  } finally {
    clearTimeout(notice);
  }
}

async function connectedOr(attempt: Promise<Engine>): Promise<Engine | ListenError> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof ListenError) return error;
    throw error;
  }
}

function aborted(signal: AbortSignal | undefined): Promise<'aborted'> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) resolve('aborted');
    signal?.addEventListener('abort', () => resolve('aborted'), { once: true });
  });
}
