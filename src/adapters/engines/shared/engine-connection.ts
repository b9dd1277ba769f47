import type { Log } from '../../../application/ports/log.ts';
import { ListenError } from '../../../application/ports/transport.ts';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import type { MailboxLimits } from '../../../domain/mailbox-table.ts';
import type { Millis } from '../../../domain/time.ts';

/** What every engine has to know. */
export interface EngineSettings extends MailboxLimits {
  /** Of this process, and of no other one ever. */
  readonly node: NodeId;
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  readonly concurrentLimit: number;
}

/** How long a start waits for the first answer of an engine. */
export const CONNECT_TIMEOUT_MS = 10_000;
/** A connection on which nothing is heard for so long is asked whether it is there; if nothing is heard again, it is given up. */
export const KEEP_ALIVE_MS = 5_000;
/** How long an engine has to do what it was asked last. */
export const CLOSE_TIMEOUT_MS = 1_000;

/** Where an engine is, without credentials. */
export function addressOf(url: string): string {
  const { protocol, host } = new URL(url);
  return `${protocol}//${host}`;
}

/** Why a start ends. @param engine see `placeOf`. */
export function engineUnreachable(engine: string, cause: unknown): ListenError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new ListenError({ reason: 'engine-unreachable', detail }, `the engine at ${engine} can't be reached: ${detail}`);
}

/** Says of what another node wrote, of another version perhaps, that it was passed over. */
export function rejectionLogger(log: Log): (fault: { readonly why: string; readonly version?: unknown }) => void {
  return ({ why, version }) => log.record({ event: 'word-refused', why, version });
}

/** Keeps no process alive. */
export function sleep(ms: Millis): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
