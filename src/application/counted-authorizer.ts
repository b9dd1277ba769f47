import type { AuthFailures } from '../domain/auth-failures.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from './ports/authorizer.ts';
import type { Clock } from './ports/clock.ts';

export interface CountedAuthorizerParts {
  readonly authorizer: Authorizer;
  readonly authFailures: AuthFailures;
  readonly clock: Clock;
}

/** A8: counts the refusals of an authorizer for the address of the client. */
export class CountedAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  readonly #parts: CountedAuthorizerParts;

  constructor(parts: CountedAuthorizerParts) {
    this.headers = parts.authorizer.headers;
    this.#parts = parts;
  }

  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    const { authorizer, authFailures, clock } = this.#parts;
    authorizer.authorize(request, (outcome) => {
      if (!outcome.ok) authFailures.refused(request.address, outcome.refusal, clock.now());
      answer(outcome);
    });
  }

  close(): void {
    this.#parts.authorizer.close?.();
  }
}
