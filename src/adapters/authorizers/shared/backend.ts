import type { AuthorizeRequest } from './backend-types.ts';

/** A program of the operator that decides which clients get access. */
export interface Backend {
  /** For the log. */
  readonly name: 'webhook' | 'function';

  /**
   * Resolves to an answer that is not checked yet, or rejects, with a `BackendError` if the log may show its message.
   * @param signal aborted when the answer is not needed any more.
   */
  ask(request: AuthorizeRequest, signal: AbortSignal): Promise<unknown>;
}

/** A backend gave no usable answer. The message contains no secret. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
}
