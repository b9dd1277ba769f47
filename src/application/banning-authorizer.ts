import type { BanTable } from '../domain/bans.ts';
import { refused } from '../domain/result.ts';
import type { AccessOutcome, AccessRequest, Authorizer } from './ports/authorizer.ts';
import type { Clock } from './ports/clock.ts';

export interface BanningAuthorizerParts {
  readonly authorizer: Authorizer;
  readonly bans: BanTable;
  readonly clock: Clock;
}

/** ADM4: refuses banned clients, after the token was verified and before realm and id are compared with the grant. */
export class BanningAuthorizer implements Authorizer {
  readonly headers: readonly string[];
  readonly #parts: BanningAuthorizerParts;

  constructor(parts: BanningAuthorizerParts) {
    this.headers = parts.authorizer.headers;
    this.#parts = parts;
  }

  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void {
    this.#parts.authorizer.authorize(request, (outcome) => answer(this.#unlessBanned(request, outcome)));
  }

  decideNow(request: AccessRequest): AccessOutcome | undefined {
    const outcome = this.#parts.authorizer.decideNow?.(request);
    return outcome && this.#unlessBanned(request, outcome);
  }

  #unlessBanned({ realm, id, address }: AccessRequest, outcome: AccessOutcome): AccessOutcome {
    const { bans, clock } = this.#parts;
    if (!outcome.ok || bans.isEmpty) return outcome;
    const { subject, tokenId } = outcome.value;
    const ban = bans.find({ realm, id, subject, tokenId, address }, clock.now());
    return ban === undefined ? outcome : refused({ reason: 'banned' });
  }

  close(): void {
    this.#parts.authorizer.close?.();
  }
}
