import { ListenError } from '../../../application/ports/transport.ts';

/**
 * Version of the format of everything that is stored in an engine or sent on its bus. Nodes of different versions must not use
 * one engine at the same time. The marks by which a node detects them must be the same in every version: the sorted set `formats`
 * of a realm in Redis, and the lease entries of a realm in NATS.
 */
export const FORMAT_VERSION = 1;
/** Version of the nodes that store no mark in Redis. */
export const UNMARKED_VERSION = 1;
/** Checks in the time of one lease. */
export const CHECKS_PER_LEASE = 3;

/** The error that ends the start of a broker if live nodes of another version use the engine. @param engine see `addressOf`. */
export function formatConflict(engine: string, found: number): ListenError {
  const detail = `brokers of format version ${found} use the engine at ${engine}, and this broker has format version ${FORMAT_VERSION}`;
  const action = `stop all brokers of version ${found} first and wait for one cluster_lease, or use another engine or database`;
  return new ListenError({ reason: 'engine-version', found, supported: FORMAT_VERSION }, `${detail}: ${action}`);
}
