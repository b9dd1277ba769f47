/** Why a command must be retried. The cause decides what to recover first. */
export type Outage = 'no connection' | 'no scripts' | 'no primary' | 'no writes';

const OUTAGE_BY_ERROR_CODE: Readonly<Record<string, Outage>> = {
  NOSCRIPT: 'no scripts',
  READONLY: 'no primary',
  // Redis rejects every write, also one that frees memory, until an operator or its replicas have ended the cause.
  MISCONF: 'no writes',
  NOREPLICAS: 'no writes',
  LOADING: 'no writes',
  MASTERDOWN: 'no writes',
  CLUSTERDOWN: 'no writes',
  BUSY: 'no writes',
};

/**
 * A rejected script has changed nothing, because Redis checks before the first write of a script.
 * @returns undefined if the error is the final reply. `OOM` is final: scripts that free memory still run.
 */
export function outageOf(error: unknown): Outage | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return 'no connection';
  return OUTAGE_BY_ERROR_CODE[errorCodeOf(error)];
}

/** Whether Redis accepts no writes, or none that need memory. */
export function rejectsWrites(error: Error): boolean {
  const outage = OUTAGE_BY_ERROR_CODE[errorCodeOf(error)];
  return outage === 'no primary' || outage === 'no writes' || errorCodeOf(error) === 'OOM';
}

function errorCodeOf({ message }: Error): string {
  return message.split(' ', 1)[0] ?? '';
}
