import type { AccessOutcome, AccessRequest, Authorizer } from '../../application/ports/authorizer.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Grant } from '../../domain/grant.ts';
import { grantInBoth } from '../../domain/grant-intersection.ts';
import { accepted, refused } from '../../domain/result.ts';
import type { Millis } from '../../domain/time.ts';

export interface ChainParts {
  /** Refuses clients without a token of its kind with `token-missing`. */
  readonly tokens: Authorizer;
  readonly backend: Authorizer;
  readonly clock: Clock;
  /** Whether the backend is also asked about clients with a valid token. */
  readonly always: boolean;
}

/**
 * A9: verifies tokens first, and asks a backend about clients without a token of that kind. With `always`, a client needs both,
 * and gets the rights that both grant.
 */
export class ChainAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  readonly #parts: ChainParts;

  constructor(parts: ChainParts) {
    this.headers = [...new Set([...parts.tokens.headers, ...parts.backend.headers])];
    this.#parts = parts;
  }

  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    const { tokens, backend, always } = this.#parts;
    tokens.authorize(request, (first) => {
      if (first.ok) return always ? this.#askAlso(request, first.value, answer) : answer(first);
      if (first.refusal.reason === 'token-missing') backend.authorize(request, answer);
      else answer(first);
    });
  }

  close(): void {
    this.#parts.tokens.close?.();
    this.#parts.backend.close?.();
  }

  #askAlso(request: AccessRequest, grant: Grant, answer: (outcome: AccessOutcome) => void): void {
    const { backend, clock } = this.#parts;
    const grantedAt = clock.now();
    backend.authorize(request, (second) => {
      if (!second.ok) return answer(second);
      const remaining = olderBy(clock.now() - grantedAt, grant);
      const both = grantInBoth(remaining, second.value);
      answer(both.lifetime > 0 ? accepted(both) : refused({ reason: 'token-expired' }));
    });
  }
}

/** A grant as it is after some time. */
function olderBy(age: Millis, grant: Grant): Grant {
  return { ...grant, lifetime: grant.lifetime - age };
}
