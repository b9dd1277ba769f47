/** Why a command has to be retried, and what has to be done first. */
export type Outage = 'no connection' | 'no scripts' | 'no primary' | 'no writes';

const OUTAGE_BY_ERROR_CODE: Readonly<Record<string, Outage>> = {
  NOSCRIPT: 'no scripts',
  READONLY: 'no primary',
  // Redis refuses every write, also one that frees memory, until an operator or its replicas have changed that.
  MISCONF: 'no writes',
  NOREPLICAS: 'no writes',
  LOADING: 'no writes',
  MASTERDOWN: 'no writes',
  CLUSTERDOWN: 'no writes',
  BUSY: 'no writes',
};

/**
 * A refused script has changed nothing: Redis checks before the first write of a script.
 * @returns undefined for an error that is the answer. `OOM` is one: what frees memory is still done.
 */
export function outageOf(error: unknown): Outage | undefined {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return 'no connection';
  return OUTAGE_BY_ERROR_CODE[errorCodeOf(error)];
}

/** Whether an error says that Redis accepts no writes, or none that need memory. */
export function rejectsWrites(error: Error): boolean {
  const outage = OUTAGE_BY_ERROR_CODE[errorCodeOf(error)];
  return outage === 'no primary' || outage === 'no writes' || errorCodeOf(error) === 'OOM';
}

function errorCodeOf({ message }: Error): string {
  return message.split(' ', 1)[0] ?? '';
}
