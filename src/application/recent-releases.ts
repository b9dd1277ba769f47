import type { Claim, PeerDirectory } from './ports/peer-directory.ts';
import { NEVER } from '../domain/time.ts';

const MAX_REMEMBERED = 1_000;

/**
 * Releases claims, and remembers the last ones. A directory may lose the last releases when another server takes over. Without a
 * repetition the ids stayed taken as long as this node lives.
 */
export class RecentReleases {
  readonly #directory: PeerDirectory;
  /** A ring. */
  readonly #last: Claim[] = [];
  #next = 0;

  constructor(directory: PeerDirectory) {
    this.#directory = directory;
  }

  release(claim: Claim): void {
    this.#directory.release(claim);
    if (this.#directory.lease === NEVER) return;
    const { realm, id, token, connection } = claim;
    this.#last[this.#next] = { realm, id, token, connection };
    this.#next = (this.#next + 1) % MAX_REMEMBERED;
  }

  /** Without effect for an id that another connection holds. */
  repeat(): void {
    for (const claim of this.#last) this.#directory.release(claim);
  }
}
