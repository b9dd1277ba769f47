import type { Clock, Wakeup } from '../../../application/ports/clock.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { readKeySet, type KeySetDocument, type PublishedKey } from './key-set-document.ts';
import type { FetchKeySet } from './fetch-key-set.ts';
import type { FoundKeys, KeyRequest, KeySource } from './key-source.ts';
import { signatureKey, type SignatureKey } from './signature-key.ts';

const SECOND: Millis = 1000;
const MINUTE: Millis = 60 * SECOND;
const HOUR: Millis = 60 * MINUTE;
/** A10: the limits of `cache-control`, and the interval without it. */
const MIN_AGE = MINUTE;
const MAX_AGE = HOUR;
const DEFAULT_AGE = 10 * MINUTE;
/** Keys serve for this time after the last successful fetch. */
const MAX_OUTAGE = 24 * HOUR;
/** The minimum interval between two fetches that were not due. */
const COOLDOWN = 30 * SECOND;
const MAX_WAIT = 2 * SECOND;
const FETCH_TIMEOUT = 10 * SECOND;
/** Keys that are overdue by more, because no token came, are fetched before they are used. */
const GRACE = MINUTE;
const MAX_WAITING = 10_000;
/** Waiting tokens that are verified in one turn of the event loop. */
const SLICE = 20;

export interface KeySetParts {
  readonly url: string;
  readonly clock: Clock;
  readonly fetch: FetchKeySet;
  readonly onEvent: (event: KeySetEvent) => void;
}

export type KeySetEvent =
  /** A fetch succeeded, with the same keys or others. */
  | { readonly event: 'fetched' }
  /** The first keys, or other keys than before. */
  | { readonly event: 'loaded'; readonly keys: number; readonly skipped: number }
  | { readonly event: 'unreachable'; readonly detail: string };

interface CurrentKey extends PublishedKey {
  readonly signature: SignatureKey;
}

interface Waiting {
  readonly request: KeyRequest;
  readonly answer: (keys: FoundKeys) => void;
  readonly timeout: Wakeup;
}

/** A10: the public keys at a fixed URL. Nothing is fetched while no token comes. */
export class KeySet implements KeySource {
  readonly #parts: KeySetParts;
  #keys: readonly CurrentKey[] = [];
  /** Whether the last fetch succeeded. */
  #isReachable = false;
  #isFetching = false;
  #refreshAt: Millis = 0;
  #dropAt: Millis = NEVER;
  #lastFetch: Millis = -NEVER;
  readonly #waiting = new Set<Waiting>();

  constructor(parts: KeySetParts) {
    this.#parts = parts;
  }

  /** Fetches the keys before the first token needs them. */
  prefetch(): void {
    this.#fetchAfterCooldown(this.#parts.clock.now());
  }

  /** Fetches the keys now, for an operator who knows of new ones. */
  refresh(): void {
    this.#lastFetch = -NEVER;
    this.prefetch();
  }

  find(request: KeyRequest, answer: (keys: FoundKeys) => void): void {
    const now = this.#parts.clock.now();
    if (now >= this.#dropAt) this.#keys = [];
    const keys = this.#matching(request);
    const isOverdue = this.#isReachable && now >= this.#refreshAt + GRACE;
    if (now >= this.#refreshAt || keys.length === 0) this.#fetchAfterCooldown(now);
    if (keys.length > 0 && !isOverdue) return answer(keys);
    if (!this.#isFetching) return answer(this.#outcomeOf(keys));
    if (this.#waiting.size < MAX_WAITING) return this.#wait(request, answer, now);
    answer(keys.length > 0 ? keys : 'unreachable');
  }

  /** RFC 7515, 4.1.4. Without `kid`, the only key of the algorithm. */
  #matching({ kid, alg }: KeyRequest): readonly SignatureKey[] {
    const named = kid === undefined ? this.#keys : this.#keys.filter((key) => key.kid === kid);
    if (kid !== undefined && named.length === 1) return named.map(({ signature }) => signature);
    const usable = named.filter(({ key }) => key.algorithms.some((one) => one === alg));
    return usable.length === 1 ? usable.map(({ signature }) => signature) : [];
  }

  /** An unknown key is known to be unknown only while the set can be fetched. */
  #outcomeOf(keys: readonly SignatureKey[]): FoundKeys {
    return keys.length > 0 || this.#isReachable ? keys : 'unreachable';
  }

  #wait(request: KeyRequest, answer: (keys: FoundKeys) => void, now: Millis): void {
    const give = (): void => {
      this.#waiting.delete(waiting);
      const keys = this.#matching(request);
      answer(keys.length > 0 ? keys : 'unreachable');
    };
    const waiting: Waiting = { request, answer, timeout: this.#parts.clock.wakeAt(now + MAX_WAIT, give) };
    this.#waiting.add(waiting);
  }

  #fetchAfterCooldown(now: Millis): void {
    if (this.#isFetching || now < this.#lastFetch + COOLDOWN) return;
    this.#isFetching = true;
    this.#lastFetch = now;
    void this.#fetch(now);
  }

  /** Never rejects. */
  async #fetch(startedAt: Millis): Promise<void> {
    const { url, clock, fetch, onEvent } = this.#parts;
    const abort = new AbortController();
    const timeout = clock.wakeAt(startedAt + FETCH_TIMEOUT, () => abort.abort(new Error('it did not respond in time')));
    try {
      const { text, cacheControl } = await fetch(url, abort.signal);
      const read = readKeySet(text);
      if (!read.ok) throw new Error(read.refusal);
      this.#replace(read.value, ageIn(cacheControl));
    } catch (error) {
      this.#isReachable = false;
      onEvent({ event: 'unreachable', detail: reasonOf(error) });
    } finally {
      timeout.cancel();
      this.#isFetching = false;
    }
    await this.#answerWaiting();
  }

  /** Keys that were known before keep their identity, so that the signatures that they verified stay cached. */
  #replace({ keys, skipped }: KeySetDocument, age: Millis): void {
    const before = new Map(this.#keys.map((key) => [key.identity, key]));
    const isNew = !this.#isKnown(keys, before);
    this.#keys = keys.map((key) => before.get(key.identity) ?? { ...key, signature: signatureKey(key.key) });
    const now = this.#parts.clock.now();
    this.#isReachable = true;
    this.#refreshAt = now + age;
    this.#dropAt = now + MAX_OUTAGE;
    this.#parts.onEvent({ event: 'fetched' });
    if (isNew) this.#parts.onEvent({ event: 'loaded', keys: keys.length, skipped });
  }

  #isKnown(keys: readonly PublishedKey[], before: ReadonlyMap<string, CurrentKey>): boolean {
    const hasLoaded = this.#dropAt !== NEVER;
    return hasLoaded && keys.length === before.size && keys.every(({ identity }) => before.has(identity));
  }

  /** In slices, because each answer may verify a signature. */
  async #answerWaiting(): Promise<void> {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const { timeout } of waiting) timeout.cancel();
    for (const [n, { request, answer }] of waiting.entries()) {
      if (n > 0 && n % SLICE === 0) await new Promise((resolve) => setImmediate(resolve));
      answer(this.#outcomeOf(this.#matching(request)));
    }
  }
}

/** RFC 9111, 5.2.2. */
function ageIn(cacheControl: string): Millis {
  if (/\bno-(?:store|cache)\b/i.test(cacheControl)) return MIN_AGE;
  const [, seconds] = /\bmax-age="?(\d{1,9})/i.exec(cacheControl) ?? [];
  if (seconds === undefined) return DEFAULT_AGE;
  return Math.min(MAX_AGE, Math.max(MIN_AGE, Number(seconds) * SECOND));
}

/** `fetch` has the reason as the cause of its error. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
