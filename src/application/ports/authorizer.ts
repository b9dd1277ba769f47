import type { Grant } from '../../domain/grant.ts';
import type { RealmKey } from '../../domain/ids.ts';
import type { AccessRefusal } from '../../domain/refusal.ts';
import type { Result } from '../../domain/result.ts';

/** The facts about a client that requests access. All texts are as the client sent them. */
export interface AccessRequest {
  readonly dialect: string;
  readonly realm: RealmKey;
  /** Undefined for a client whose id the broker generates, and for a request that names no id. */
  readonly id: string | undefined;
  readonly token: string | undefined;
  readonly address: string;
  readonly origin: string | undefined;
  /** The headers that the authorizer reads, by name in lower case. Without those that the client did not send. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The grant, or the reason to refuse the client. */
export type AccessOutcome = Result<Grant, AccessRefusal>;

/** Decides which clients may connect, and with which rights (A2 to A6). */
export interface Authorizer {
  /** Names, in lower case, of the request headers that it reads. */
  readonly headers: readonly string[];

  /**
   * Calls `answer` exactly once, from inside the call or later. Never throws: a failure is the refusal
   * `authorizer-unreachable`. The realm and the id are compared with the grant by the caller.
   */
  authorize(request: AccessRequest, answer: (outcome: AccessOutcome) => void): void;

  /**
   * The outcome, if it is known without a wait; undefined if only `authorize` gives it. Faster than a callback for each client
   * of a broker without authentication.
   */
  decideNow?(request: AccessRequest): AccessOutcome | undefined;

  /** Gives up the requests that wait for another process, and refuses later ones. Called when the broker stops. */
  close?(): void;
}
