import type { AccessOutcome, AccessRequest, Authorizer } from '../../../application/ports/authorizer.ts';
import type { Clock } from '../../../application/ports/clock.ts';
import type { Log } from '../../../application/ports/log.ts';
import type { NamePattern } from '../../../domain/name-patterns.ts';
import { accepted, refused } from '../../../domain/result.ts';
import { NEVER, type Millis } from '../../../domain/time.ts';
import { AnswerCache, type CachedAnswer } from './answer-cache.ts';
import { BackendError, type Backend } from './backend.ts';
import type { AuthorizeRequest } from './backend-types.ts';
import { FailureLog } from './failure-log.ts';
import { readAnswer } from './read-answer.ts';

export interface BackendSettings {
  /** Names, in lower case, of the headers that the backend receives. */
  readonly headers: readonly string[];
  /** Time from a request to its answer. Does not include the time in the queue. */
  readonly timeout: Millis;
  /** Ids that only an answer with `ids` grants. */
  readonly reservedIds: readonly NamePattern[];
}

export interface BackendParts {
  readonly clock: Clock;
  /** Unix time in seconds. */
  readonly unixTime: () => number;
  readonly log: Log;
}

/** Requests that the backend gets at the same time. */
const MAX_IN_FLIGHT = 64;
/** Further requests that wait. */
const MAX_QUEUED = 1_000;

const UNREACHABLE: AccessOutcome = refused({ reason: 'authorizer-unreachable' });

interface PendingRequest {
  readonly request: AuthorizeRequest;
  readonly key: string;
  readonly answer: (outcome: AccessOutcome) => void;
}

/** A9: asks a backend. Fails closed: without a usable answer in time, the backend counts as unreachable. */
export class BackendAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  readonly #backend: Backend;
  readonly #settings: BackendSettings;
  readonly #parts: BackendParts;
  readonly #cache = new AnswerCache();
  readonly #failures: FailureLog;
  readonly #inFlight = new Map<AbortController, () => void>();
  readonly #queue: PendingRequest[] = [];
  #isClosed = false;

  constructor(backend: Backend, settings: BackendSettings, parts: BackendParts) {
    // A2: the caller reads the token in `authorization`.
    this.headers = [...new Set(['authorization', ...settings.headers])];
    this.#backend = backend;
    this.#settings = settings;
    this.#parts = parts;
    this.#failures = new FailureLog(backend.name, parts);
  }

  authorize(facts: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    if (this.#isClosed) return answer(UNREACHABLE);
    const request = this.#requestOf(facts);
    const pending = { request, key: this.#cache.keyOf(request), answer };
    if (this.#inFlight.size < MAX_IN_FLIGHT) return this.#answer(pending);
    if (this.#queue.length < MAX_QUEUED) return void this.#queue.push(pending);
    this.#failures.failed(`${MAX_QUEUED} requests are waiting`);
    answer(UNREACHABLE);
  }

  /** Refuses all pending and later requests. */
  close(): void {
    this.#isClosed = true;
    const queued = this.#queue.splice(0);
    for (const cancel of [...this.#inFlight.values()]) cancel();
    for (const { answer } of queued) answer(UNREACHABLE);
  }

  #requestOf({ dialect, realm, id, token, address, origin, headers }: AccessRequest): AuthorizeRequest {
    const names = this.#settings.headers.filter((name) => headers[name] !== undefined);
    const sent = Object.fromEntries(names.map((name) => [name, headers[name] ?? '']));
    return {
      ...{ version: 1, dialect, realm, id: id ?? null, token: token ?? null },
      ...{ address, origin: origin ?? null, headers: sent },
    };
  }

  #answer(pending: PendingRequest): void {
    const now = this.#parts.clock.now();
    const cached = this.#cache.find(pending.key, now);
    if (cached === undefined) this.#ask(pending, now);
    else pending.answer(granted(cached, now));
  }

  #ask(pending: PendingRequest, now: Millis): void {
    const { clock } = this.#parts;
    const { timeout } = this.#settings;
    const attempt = new AbortController();
    const end = (outcome: AccessOutcome): void => {
      if (!this.#inFlight.delete(attempt)) return;
      deadline.cancel();
      pending.answer(outcome);
      this.#answerQueued();
    };
    const cancel = (): void => {
      end(UNREACHABLE);
      attempt.abort();
    };
    this.#inFlight.set(attempt, cancel);
    const deadline = clock.wakeAt(now + timeout, () => {
      this.#failures.failed(`no answer within ${timeout} ms`);
      cancel();
    });
    void this.#outcomeOf(pending, attempt.signal).then(end);
  }

  #answerQueued(): void {
    while (this.#inFlight.size < MAX_IN_FLIGHT) {
      const next = this.#queue.shift();
      if (next === undefined) return;
      this.#answer(next);
    }
  }

  /** Never rejects. */
  async #outcomeOf({ request, key }: PendingRequest, signal: AbortSignal): Promise<AccessOutcome> {
    try {
      const answer = await this.#backend.ask(request, signal);
      return signal.aborted ? UNREACHABLE : this.#read(answer, key);
    } catch (error) {
      // The cause of the abort is logged already.
      if (!signal.aborted) this.#failures.failed(error instanceof BackendError ? error.message : causeOf(error));
      return UNREACHABLE;
    }
  }

  #read(raw: unknown, key: string): AccessOutcome {
    const verdict = readAnswer(raw, this.#settings.reservedIds);
    if (!verdict.ok) throw new BackendError(verdict.refusal);
    this.#failures.succeeded();
    if (!verdict.value.allow) return refused({ reason: 'not-admitted', message: verdict.value.message });
    const { grant, until, cache } = verdict.value;
    const now = this.#parts.clock.now();
    const endsAt = until === NEVER ? NEVER : now + Math.floor(until - this.#parts.unixTime() * 1_000);
    if (endsAt <= now) return refused({ reason: 'token-expired' });
    const answer = { grant, endsAt };
    if (cache > 0) this.#cache.put(key, answer, now + cache);
    return granted(answer, now);
  }
}

function granted({ grant, endsAt }: CachedAnswer, now: Millis): AccessOutcome {
  return accepted({ ...grant, lifetime: endsAt - now });
}

/** The name of an error, and the place that threw it. Its message may contain the token. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return `it threw a ${typeof error}`;
  const { name, message, stack = '' } = error;
  const start = stack.indexOf(message);
  const calls = start < 0 ? '' : stack.slice(start + message.length);
  const [, place] = /^\s*at (.{1,200})$/m.exec(calls) ?? [];
  const kind = /^\w{1,40}$/.test(name) ? name : 'Error';
  return place === undefined ? `it threw ${kind}` : `it threw ${kind} at ${place}`;
}
