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

/**
 * The secret of a peer, and its identity: the text that owns ids. The identity is the secret itself, or the owner that an
 * authorizer granted (A4). Compares in constant time, and prints as `[token]`.
 */
export class Token implements Owner {
  readonly #secret: string;
  readonly #identity: string;
  #proof: TokenProof | undefined = undefined;

  /** @param owner A4: undefined if the secret itself owns the id. */
  constructor(secret: string, owner?: string) {
    this.#secret = secret;
    this.#identity = owner ?? identityOf(secret);
  }

  /** A4: the same secret, with an owner that an authorizer granted. */
  ownedBy(owner: string): Token {
    return new Token(this.#secret, owner);
  }

  /** O4, A4: whether both have the same identity. The duration does not depend on the position of the first difference. */
  matches(other: Token): boolean {
    return isSameText(this.#identity, other.#identity);
  }

  /** X6, I3: whether the client gave exactly this secret. */
  hasSecret(secret: string): boolean {
    return isSameText(this.#secret, secret);
  }

  /** Computed on first use, because few tokens need a proof. */
  get proof(): TokenProof {
    return (this.#proof ??= proofOf(this.#identity));
  }

  /** M15: whether this is the token of `owner`; true for an unknown owner. */
  owns({ owner }: { readonly owner?: Owner | undefined }): boolean {
    return owner === undefined || owner === this || owner.proof === this.proof;
  }

  /** The text that a directory compares, in this form or as a digest. It may contain the secret. */
  get identity(): string {
    return this.#identity;
  }

  /** The secret, for the wire only. */
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

/** The owners that authorizers grant begin with a letter and a colon: `j:` for a JWT, `w:` for a webhook or a function. */
const COLON = 0x3a;

/** A4: a secret that looks like a granted owner gets a prefix of its own, so that no client can write the identity of another. */
function identityOf(secret: string): string {
  return secret.charCodeAt(1) === COLON ? `t:${secret}` : secret;
}

function isSameText(mine: string, theirs: string): boolean {
  let difference = mine.length ^ theirs.length;
  for (let i = 0; i < theirs.length; i++) difference |= mine.charCodeAt(i % mine.length) ^ theirs.charCodeAt(i);
  return difference === 0;
}

/** @param proof from a store. */
export function ownerOf(proof: string): Owner {
  return { proof: proof as TokenProof };
}

/** Two bytes for each UTF-16 unit, so that different texts give different bytes. */
function proofOf(identity: string): TokenProof {
  const bytes = new Uint8Array(2 * identity.length);
  for (let i = 0; i < identity.length; i++) {
    const unit = identity.charCodeAt(i);
    bytes[2 * i] = unit >>> 8;
    bytes[2 * i + 1] = unit & 0xff;
  }
  return sha256(bytes).slice(0, PROOF_DIGITS) as TokenProof;
}
