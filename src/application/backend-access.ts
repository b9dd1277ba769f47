import { refused } from '../domain/result.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { BackendCheck } from './ports/requests.ts';

export interface BackendAccessParts {
  /** Undefined without a backend. */
  readonly authorizer: Authorizer | undefined;
  /** Whether the backend is also asked about clients whose token a dialect has verified. */
  readonly always: boolean;
}

/** A9: the backend, for the clients of dialects with tokens of their own (MER7, SIO10). */
export class BackendAccess {
  readonly #parts: BackendAccessParts;

  constructor(parts: BackendAccessParts) {
    this.#parts = parts;
  }

  get exists(): boolean {
    return this.#parts.authorizer !== undefined;
  }

  /** @returns the backend that must be asked about this client; undefined for none. */
  authorizerFor(check: BackendCheck | undefined): Authorizer | undefined {
    const { authorizer, always } = this.#parts;
    return check !== undefined && (always || !check.isVerified) ? authorizer : undefined;
  }
}

/** Stands for no backend. */
export const NO_BACKEND: Authorizer = {
  headers: [],
  authorize: (_, answer) => answer(refused({ reason: 'token-missing' })),
};
