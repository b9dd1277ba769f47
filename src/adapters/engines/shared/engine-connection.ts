import type { Log } from '../../../application/ports/log.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { Millis } from '../../../domain/time.ts';

/** Settings that every engine needs. */
export interface EngineSettings extends MailboxLimits {
  /** Unique for each process, never reused. */
  readonly node: NodeId;
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  readonly concurrentLimit: number;
}

/** Time limit for the first reply of the engine at the start. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** Interval of keep-alive requests, and time limit for their reply. A connection without a reply is closed. */
export const KEEP_ALIVE_MS = 5_000;
/** Time limit for commands in flight when a broker closes its connection to the engine. */
export const CLOSE_TIMEOUT_MS = 1_000;

/** The URL of an engine, without credentials and parameters. */
export function addressOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** The error that ends the start of a broker. @param engine see `addressOf`. */
export function engineUnreachable(engine: string, cause: unknown): ListenError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ListenError({ reason: 'engine-unreachable', detail }, `the engine at ${engine} can't be reached: ${detail}`);
}

/** Logs a message or entry of another node that was rejected, for example because of its version. */
export function rejectionLogger(log: Log): (fault: { readonly why: string; readonly version?: unknown }) => void {
  return ({ why, version }) => log.record({ event: 'word-refused', why, version });
}

/** The timer does not keep the process alive. */
export function sleep(ms: Millis): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
