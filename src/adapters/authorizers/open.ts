import type { AccessOutcome, AccessRequest, Authorizer } from '../../application/ports/authorizer.ts';
import { OPEN_GRANT } from '../../domain/grant.ts';
import { accepted } from '../../domain/result.ts';

const GRANTED: AccessOutcome = accepted(OPEN_GRANT);

/** Grants every client everything. */
export class OpenAuthorizer implements Authorizer {
  readonly headers: readonly string[] = [];

  authorize(_: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    answer(GRANTED);
  }

  decideNow(): AccessOutcome {
    return GRANTED;
  }
}
