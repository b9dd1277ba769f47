import { createHash } from 'node:crypto';
import type { SignatureKey } from './signature-key.ts';

const MAX_TOKENS = 10_000;
const MAX_LENGTH = 16 * 1024 * 1024;

interface Entry {
  readonly key: SignatureKey;
  readonly length: number;
}

/** The tokens of one issuer whose signatures were verified, by digest. The least recently used ones are dropped first. */
export class VerifiedTokens {
  readonly #entries = new Map<string, Entry>();
  readonly #maxTokens: number;
  readonly #maxLength: number;
  #length = 0;

  /** @param maxLength of all tokens together, in characters. */
  constructor(maxTokens: number = MAX_TOKENS, maxLength: number = MAX_LENGTH) {
    this.#maxTokens = maxTokens;
    this.#maxLength = maxLength;
  }

  /** Whether one of these keys verified the token before. */
  has(token: string, keys: readonly SignatureKey[]): boolean {
    const digest = digestOf(token);
    const entry = this.#entries.get(digest);
    if (entry === undefined || !keys.includes(entry.key)) return false;
    this.#entries.delete(digest);
    this.#entries.set(digest, entry);
    return true;
  }

  keep(token: string, key: SignatureKey): void {
    const digest = digestOf(token);
    this.#drop(digest);
    this.#entries.set(digest, { key, length: token.length });
    this.#length += token.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxTokens && this.#length <= this.#maxLength) return;
      this.#drop(oldest);
    }
  }

  #drop(digest: string): void {
    this.#length -= this.#entries.get(digest)?.length ?? 0;
    this.#entries.delete(digest);
  }
}

function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}
