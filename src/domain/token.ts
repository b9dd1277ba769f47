import { sha256 } from './sha-256.ts';

declare const brand: unique symbol;

/**
 * A digest of a token: equal tokens have equal proofs, and a proof does not reveal its token. Kept after the session has ended,
 * and on other nodes, for comparison with later tokens.
 */
export type TokenProof = string & { readonly [brand]: 'TokenProof' };

/** The owner of an id, distinguished from later peers with the same id. */
export interface Owner {
  readonly proof: TokenProof;
}

// 128 bits.
const PROOF_DIGITS = 32;

/** The secret of a peer for its id. Compares in constant time, and prints as `[token]`. */
export class Token implements Owner {
  readonly #secret: string;
  #proof: TokenProof | undefined = undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** O4: the duration does not depend on the position of the first difference. */
  matches(other: Token): boolean {
    const mine = this.#secret;
    const theirs = other.#secret;
    let difference = mine.length ^ theirs.length;
    for (let i = 0; i < theirs.length; i++) difference |= mine.charCodeAt(i % mine.length) ^ theirs.charCodeAt(i);
    return difference === 0;
  }

  /** Computed on first use, because few tokens need a proof. */
  get proof(): TokenProof {
    return (this.#proof ??= proofOf(this.#secret));
  }

  /** M15: whether this is the token of `owner`; true for an unknown owner. */
  owns({ owner }: { readonly owner?: Owner | undefined }): boolean {
    return owner === undefined || owner === this || owner.proof === this.proof;
  }

  /** The secret, for the wire only. The only accessor, so that a search finds every use. */
  reveal(): string {
    return this.#secret;
  }

  toString(): string {
    return '[token]';
  }

  toJSON(): string {
    return '[token]';
  }
}

/** @param proof from a store. */
export function ownerOf(proof: string): Owner {
  return { proof: proof as TokenProof };
}

/** Two bytes for each UTF-16 unit, so that different texts give different bytes. */
function proofOf(secret: string): TokenProof {
  const bytes = new Uint8Array(2 * secret.length);
  for (let i = 0; i < secret.length; i++) {
    const unit = secret.charCodeAt(i);
    bytes[2 * i] = unit >>> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return sha256(bytes).slice(0, PROOF_DIGITS) as TokenProof;
}
