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
    this.#parts.authorizer.authorize(request, (outcome) => answer(this.#counted(request, outcome)));
  }

  decideNow(request: AccessRequest): AccessOutcome | undefined {
    const outcome = this.#parts.authorizer.decideNow?.(request);
    return outcome && this.#counted(request, outcome);
  }

  #counted({ address }: AccessRequest, outcome: AccessOutcome): AccessOutcome {
    const { authFailures, clock } = this.#parts;
    if (!outcome.ok) authFailures.refused(address, outcome.refusal, clock.now());
    return outcome;
  }

  close(): void {
    this.#parts.authorizer.close?.();
  }
}
