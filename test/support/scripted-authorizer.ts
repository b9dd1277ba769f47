import type { AccessOutcome, AccessRequest, Authorizer } from '../../src/application/ports/authorizer.ts';
import { OPEN_GRANT, type Grant } from '../../src/domain/grant.ts';
import type { AccessRefusal } from '../../src/domain/refusal.ts';
import { accepted, refused } from '../../src/domain/result.ts';

/** Answers by the token of the request, now, or on `answerAll` if `isSlow`. An unknown token is invalid. */
export class ScriptedAuthorizer implements Authorizer {
  readonly headers: readonly string[] = ['authorization', 'cookie'];
  readonly requests: AccessRequest[] = [];
  readonly #outcomes = new Map<string | undefined, AccessOutcome>();
  readonly #waiting: (() => void)[] = [];
  isSlow = false;

  grant(token: string, grant: Partial<Grant> = {}): void {
    this.#outcomes.set(token, accepted({ ...OPEN_GRANT, ...grant }));
  }

  refuse(token: string | undefined, refusal: AccessRefusal): void {
    this.#outcomes.set(token, refused(refusal));
  }

  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    this.requests.push(request);
    const outcome = this.#outcomes.get(request.token) ?? refused({ reason: 'token-invalid', detail: 'form' });
    if (this.isSlow) this.#waiting.push(() => answer(outcome));
    else answer(outcome);
  }

  answerAll(): void {
    for (const answer of this.#waiting.splice(0)) answer();
  }
}
