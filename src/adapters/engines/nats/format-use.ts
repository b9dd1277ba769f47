import type { Millis } from '../../../domain/time.ts';
import { FORMAT_VERSION } from '../shared/format-version.ts';

/**
 * The format version that the live nodes of a realm use. The version of the first lease is in use while leases of that version
 * follow in time; leases of other versions do not count meanwhile. All nodes read the leases in the same order and so agree.
 */
export class FormatUse {
  readonly #lease: Millis;
  #version = FORMAT_VERSION;
  #endsAt: Millis = Number.NEGATIVE_INFINITY;

  constructor(lease: Millis) {
    this.#lease = lease;
  }

  /** A node of this version renewed its lease. */
  renew(version: number, at: Millis): void {
    if (version !== this.#version && at < this.#endsAt) return;
    this.#version = version;
    this.#endsAt = at + this.#lease;
  }

  /** The version in use, if it is not that of this node. */
  foreignVersionAt(now: Millis): number | undefined {
    return this.#version !== FORMAT_VERSION && now < this.#endsAt ? this.#version : undefined;
  }
}
