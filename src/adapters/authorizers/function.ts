import { BackendAuthorizer, type BackendParts, type BackendSettings } from './shared/backend-authorizer.ts';
import type { AuthorizeAnswer, AuthorizeRequest } from './shared/backend-types.ts';

/**
 * A9: decides which clients get access. An exception, a rejected promise, another answer, or no answer within `auth_timeout`
 * refuses the client as if the authorizer were unreachable.
 * @param signal aborted when the answer is not needed any more.
 */
export type Authorize = (request: AuthorizeRequest, signal: AbortSignal) => AuthorizeAnswer | Promise<AuthorizeAnswer>;

/** The option of the functions and classes that start a broker. */
export interface AuthorizeOption {
  /** Decides which clients get access. With it, `auth` is `required` unless it is given. */
  readonly authorize?: Authorize;
}

/** A9: asks a function of the embedding program. */
export class FunctionAuthorizer extends BackendAuthorizer {
  constructor(authorize: Authorize, settings: BackendSettings, parts: BackendParts) {
    const ask = async (request: AuthorizeRequest, signal: AbortSignal): Promise<unknown> => authorize(request, signal);
    super({ name: 'function', ask }, settings, parts);
  }
}
