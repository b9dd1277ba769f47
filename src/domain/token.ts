import { sha256 } from './sha-256.ts';

declare const brand: unique symbol;

/**
 * A digest of a token: equal tokens have equal proofs, and a proof does not reveal its token. For comparison with a token that
 * is kept for longer than its session, or on another node.
 */
export type TokenProof = string & { readonly [brand]: 'TokenProof' };

/** The owner of an id, as far as it can be told from another peer that holds the same id later. */
export interface Owner {
  readonly proof: TokenProof;
}

// 128 bits.
const PROOF_DIGITS = 32;

/** A peer's secret for its id. It compares in constant time and never prints. */
export class Token implements Owner {
  readonly #secret: string;
  #proof: TokenProof | undefined = undefined;

  constructor(secret: string) {
    this.#secret = secret;
  }

  /** O4: takes as long for a wrong token as for the right one of the same length. */
  matches(other: Token): boolean {
    const mine = this.#secret;
    const theirs = other.#secret;
    let difference = mine.length ^ theirs.length;
    for (let i = 0; i < theirs.length; i++) difference |= mine.charCodeAt(i % mine.length) ^ theirs.charCodeAt(i);
    return difference === 0;
  }

  /** Computed when it is asked for first: few tokens ever need one. */
  get proof(): TokenProof {
    return (this.#proof ??= proofOf(this.#secret));
  }

  /** M15: whether it is the token of `owner`. */
  owns({ owner }: { readonly owner?: Owner | undefined }): boolean {
    return owner === undefined || owner === this || owner.proof === this.proof;
  }

  /** The secret itself, for the wire only: the one way out, so that a search finds every use. */
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

/** A proof that a store has kept. */
export function ownerOf(proof: string): Owner {
  return { proof: proof as TokenProof };
}

/** Two bytes for each UTF-16 unit, so that no two texts give the same bytes. */
function proofOf(secret: string): TokenProof {
  const bytes = new Uint8Array(2 * secret.length);
  for (let i = 0; i < secret.length; i++) {
    const unit = secret.charCodeAt(i);
    bytes[2 * i] = unit >>> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return sha256(bytes).slice(0, PROOF_DIGITS) as TokenProof;
}
