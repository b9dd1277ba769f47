import type { SignatureKey } from './signature-key.ts';

/** The members of a token's header that select a key. */
export interface KeyRequest {
  /** Undefined for a token without one. */
  readonly kid: unknown;
  readonly alg: string;
}

/** The keys that may have signed a token, or why there is none. */
export type FoundKeys = readonly SignatureKey[] | 'unreachable';

/** The keys of one issuer. */
export interface KeySource {
  /** Calls `answer` once: from inside the call, unless the keys have to be fetched. An unknown key is an empty list. */
  find(request: KeyRequest, answer: (keys: FoundKeys) => void): void;
}

/** A2: configured keys. All of them are valid, so that keys can be rotated; `kid` is not read. */
export class FixedKeys implements KeySource {
  readonly #keys: readonly SignatureKey[];

  constructor(keys: readonly SignatureKey[]) {
    this.#keys = keys;
  }

  find(_: KeyRequest, answer: (keys: FoundKeys) => void): void {
    answer(this.#keys);
  }
}
