import type { AccessOutcome, AccessRequest, Authorizer } from './ports/authorizer.ts';
import type { Counter, Histogram, Telemetry } from './ports/telemetry.ts';

/** How an authorizer decides, as a label. */
export type AuthMethod = 'jwt' | 'webhook' | 'function' | 'adapter';

/** Counts the decisions of an authorizer, and measures how long they take. */
export class MeteredAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  readonly #authorizer: Authorizer;
  readonly #method: AuthMethod;
  readonly #telemetry: Telemetry;
  readonly #granted: Counter;
  readonly #seconds: Histogram;

  constructor(authorizer: Authorizer, method: AuthMethod, telemetry: Telemetry) {
    this.headers = authorizer.headers;
    this.#authorizer = authorizer;
    this.#method = method;
    this.#telemetry = telemetry;
    this.#granted = telemetry.counter('auth_total', method, 'granted');
    this.#seconds = telemetry.histogram('auth_seconds', method);
  }

  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    const start = this.#telemetry.seconds();
    this.#authorizer.authorize(request, (outcome) => {
      this.#seconds.observe(this.#telemetry.seconds() - start);
      if (outcome.ok) this.#granted.add();
      else this.#telemetry.counter('auth_total', this.#method, outcome.refusal.reason).add();
      answer(outcome);
    });
  }

  close(): void {
    this.#authorizer.close?.();
  }
}
