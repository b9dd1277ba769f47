import type { AuthFailures } from '../domain/auth-failures.ts';
import { refusalFor, type Grant } from '../domain/grant.ts';
import type { RealmKey } from '../domain/ids.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Authenticator, TokenUse } from './ports/authenticator.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { Clock } from './ports/clock.ts';
import type { CommonDialect } from './ports/dialect.ts';
import type { HttpAccessRefusal, ValidToken } from './ports/requests.ts';
import type { RequestHeaders } from './request-headers.ts';

/** The facts about the client of an HTTP request. */
export interface HttpClient {
  readonly dialect: CommonDialect;
  readonly address: string;
  readonly origin: string | undefined;
  /** The headers that the authorizer reads. */
  readonly headers: RequestHeaders;
  /** A12. */
  readonly cookieToken?: string | undefined;
  /** M23: see `HttpExchange.spend`. */
  readonly spend?: (units: number) => void;
}

/** The subject of an HTTP request. */
export interface HttpAccessRequest {
  readonly realm: RealmKey;
  readonly id: string | undefined;
  readonly token: string | undefined;
}

export type HttpAccessAnswer = (outcome: Grant | HttpAccessRefusal) => void;

/** A3, A6: asks the authorizer about an HTTP request. The id is not compared, because the request does not take it. */
export function authorizeRequest(
  authorizer: Authorizer,
  request: HttpAccessRequest,
  { dialect, address, origin, headers, cookieToken }: HttpClient,
  answer: HttpAccessAnswer,
): void {
  const { realm, id, token = cookieToken } = request;
  authorizer.authorize({ dialect: dialect.name, realm, id, token, address, origin, headers }, (outcome) => {
    const refusal = outcome.ok ? refusalFor(outcome.value, request.realm, undefined) : outcome.refusal;
    if (refusal !== undefined) return answer(httpRefusalFor(refusal));
    if (outcome.ok) answer(outcome.value);
  });
}

/** A6. */
export function httpRefusalFor({ reason }: AccessRefusal): HttpAccessRefusal {
  return HTTP_REFUSALS[reason];
}

const HTTP_REFUSALS: Record<AccessRefusal['reason'], HttpAccessRefusal> = {
  'token-missing': 'token-missing',
  'token-invalid': 'token-invalid',
  'token-expired': 'token-invalid',
  'token-early': 'token-invalid',
  'realm-not-granted': 'not-granted',
  'id-not-granted': 'not-granted',
  'id-reserved': 'not-granted',
  'not-admitted': 'not-granted',
  'authorizer-unreachable': 'authorizer-unreachable',
  banned: 'not-granted',
};

export interface TokenVerificationParts {
  readonly authenticator: Authenticator;
  readonly authFailures: AuthFailures;
  readonly clock: Clock;
}

/** MER7, MER12: verifies a token within the call. A8: a refused one counts for the address of the client. */
export function verifyToken(
  { authenticator, authFailures, clock }: TokenVerificationParts,
  { address }: Pick<HttpClient, 'address'>,
  { token, as }: { readonly token: string; readonly as: TokenUse },
): ValidToken | undefined {
  const now = clock.now();
  const verified = authenticator.verify(token, as, (refusal) => authFailures.refused(address, refusal, now));
  return verified && { type: verified.type, claims: verified.claims, expiresAt: now + verified.lifetime };
}
