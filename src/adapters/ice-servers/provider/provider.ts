import type { Clock } from '../../../application/ports/clock.ts';
import type { IceServers, IceUser, IssuedIceServers } from '../../../application/ports/ice-servers.ts';
import type { Log } from '../../../application/ports/log.ts';
import type { Millis } from '../../../domain/time.ts';
import type { UnixTime } from '../shared/server-list.ts';
import type { ProviderAnswer, ProviderApi } from './apis.ts';
import { ProviderError } from './provider-error.ts';
import { receivedServers, secondsOf, type ReceivedServers } from './received-servers.ts';
import type { RequestJson } from './request-json.ts';

export interface ProviderSettings {
  /** Configured URLs, which clients receive in any case. */
  readonly stun: readonly string[];
  /** Requested lifetime of credentials, in seconds. */
  readonly ttl: number;
}

/** When a provider is asked, and how long its answer is used. */
export interface ProviderPolicy {
  /** The part of the lifetime after which the next answer is requested while the last one is still used. */
  readonly renewAfter: number;
  /** The part of the lifetime after which an answer is not given to clients any more. */
  readonly keepUntil: number;
  /** Time without an answer after which a request has failed. */
  readonly timeout: Millis;
  /** Time between a failure and the next request. */
  readonly retryAfter: Millis;
}

export const PROVIDER_POLICY: ProviderPolicy = { renewAfter: 0.5, keepUntil: 0.8, timeout: 3_000, retryAfter: 10_000 };

export interface ProviderParts {
  readonly api: ProviderApi;
  readonly request: RequestJson;
  readonly clock: Clock;
  readonly unixTime: UnixTime;
  readonly log: Log;
}

/** Lifetimes that are accepted, in seconds. A longer one is shortened. */
const MIN_TTL = 60;
const MAX_TTL = 86_400;

/** Lifetime of an answer without TURN, in seconds, so that clients ask again soon. */
const TTL_WITHOUT_TURN = 60;

/** An answer of the provider, and the time at which its lifetime began. */
interface LastAnswer extends ReceivedServers {
  readonly requestedAt: Millis;
  readonly lifetime: Millis;
}

/**
 * I11: ICE servers of a provider. All clients receive the same credentials. One request is in flight at a time, for all clients
 * that wait. While the provider is out of reach, clients receive its last answer, and later only STUN.
 */
export class ProviderIceServers implements IceServers {
  readonly #settings: ProviderSettings;
  readonly #parts: ProviderParts;
  readonly #policy: ProviderPolicy;
  #last: LastAnswer | undefined = undefined;
  #waiting: ((issued: IssuedIceServers) => void)[] = [];
  /** The request in flight; its result is ignored after the timeout. */
  #inFlight: AbortController | undefined = undefined;
  #retriesAt: Millis = 0;
  #isReached: boolean | undefined = undefined;

  constructor(settings: ProviderSettings, parts: ProviderParts, policy: ProviderPolicy = PROVIDER_POLICY) {
    this.#settings = settings;
    this.#parts = parts;
    this.#policy = policy;
  }

  /** Requests the first answer, so that the first client does not wait, and the log shows whether the provider works. */
  prepare(): void {
    this.#ask();
  }

  issue(_: IceUser, answer: (issued: IssuedIceServers) => void): void {
    const now = this.#parts.clock.now();
    if (this.#ageOf(this.#last, now) >= this.#policy.renewAfter && now >= this.#retriesAt) this.#ask();
    if (this.#inFlight === undefined || this.#ageOf(this.#last, now) < this.#policy.keepUntil) return answer(this.#current());
    this.#waiting.push(answer);
  }

  /** The part of the lifetime that has passed. */
  #ageOf(last: LastAnswer | undefined, now: Millis): number {
    return last === undefined ? Number.POSITIVE_INFINITY : (now - last.requestedAt) / last.lifetime;
  }

  #current(): IssuedIceServers {
    const now = this.#parts.clock.now();
    const last = this.#last;
    const stun = [...new Set([...this.#settings.stun, ...(last?.stun ?? [])])];
    const servers = stun.length === 0 ? [] : [{ urls: stun }];
    if (last === undefined || this.#ageOf(last, now) >= this.#policy.keepUntil) {
      return { servers, ...this.#expiry(TTL_WITHOUT_TURN), lacksTurn: true };
    }
    const ttl = Math.floor((last.requestedAt + last.lifetime - now) / 1000);
    return { servers: [...servers, ...last.turn], ...this.#expiry(ttl) };
  }

  #expiry(ttl: number): Pick<IssuedIceServers, 'ttl' | 'expiresAt'> {
    return { ttl, expiresAt: Math.floor(this.#parts.unixTime()) + ttl };
  }

  #ask(): void {
    if (this.#inFlight !== undefined) return;
    const { api, request, clock } = this.#parts;
    const requestedAt = clock.now();
    const { timeout } = this.#policy;
    const attempt = new AbortController();
    this.#inFlight = attempt;
    const end = (result: () => void): void => {
      if (this.#inFlight !== attempt) return;
      deadline.cancel();
      this.#inFlight = undefined;
      result();
      this.#answerWaiting();
    };
    const deadline = clock.wakeAt(requestedAt + timeout, () => {
      end(() => this.#failed(new ProviderError(`it did not answer within ${timeout} ms`)));
      attempt.abort();
    });
    void api.ask(this.#settings.ttl, request, attempt.signal).then(
      (answer) => end(() => this.#received(answer, requestedAt)),
      (error: unknown) => end(() => this.#failed(error)),
    );
  }

  #received(answer: ProviderAnswer, requestedAt: Millis): void {
    const { log, api } = this.#parts;
    let servers: ReceivedServers;
    try {
      servers = receivedServers(answer.servers);
      this.#last = { ...servers, requestedAt, lifetime: this.#lifetimeOf(answer) };
    } catch (error) {
      return this.#failed(error);
    }
    if (servers.dropped > 0) log.record({ event: 'ice-urls-dropped', provider: api.name, dropped: servers.dropped });
    if (this.#isReached !== true) log.record({ event: 'ice-provider-reached', provider: api.name });
    this.#isReached = true;
  }

  #lifetimeOf({ ttl }: ProviderAnswer): Millis {
    const seconds = ttl === undefined ? this.#settings.ttl : secondsOf(ttl);
    if (seconds === undefined || seconds < MIN_TTL) throw new ProviderError(`its ttl is not a number of at least ${MIN_TTL}`);
    return Math.min(seconds, MAX_TTL) * 1000;
  }

  #failed(error: unknown): void {
    const { log, api, clock } = this.#parts;
    this.#retriesAt = clock.now() + this.#policy.retryAfter;
    if (!(error instanceof ProviderError)) log.record({ event: 'fault', error, connection: undefined });
    const detail = error instanceof ProviderError ? error.message : 'internal error';
    if (this.#isReached !== false) log.record({ event: 'ice-provider-lost', provider: api.name, detail });
    this.#isReached = false;
  }

  #answerWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const answer of waiting) answer(this.#current());
  }
}
