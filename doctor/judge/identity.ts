import { finding, type Finding } from '../findings.ts';
import { parsed } from './hello.ts';

/** The observations of D6. Times in milliseconds since 1970. */
export interface IdentityObservation {
  readonly path: string;
  /** The response to `GET {path}{key}/id`. */
  readonly idStatus: number;
  readonly token: string | undefined;
  readonly localTime: number;
  /** Undefined if the server does not tell its time. */
  readonly brokerTime: number | undefined;
}

const MAX_DIFFERENCE_MS = 5_000;

/** D6. */
export function judgeIdentity({ path, idStatus, token, localTime, brokerTime }: IdentityObservation): Finding[] {
  const findings: Finding[] = [];
  if (idStatus !== 200) findings.push(finding('id-unavailable', { status: idStatus, path }));
  const difference = (brokerTime ?? localTime) - localTime;
  if (Math.abs(difference) > MAX_DIFFERENCE_MS) {
    findings.push(finding('clock-differs', { seconds: Math.round(Math.abs(difference) / 1000) }));
  }
  findings.push(...judgeToken(token, (brokerTime ?? localTime) / 1000));
  return findings.length > 0 ? findings : [finding('identity')];
}

function judgeToken(token: string | undefined, now: number): Finding[] {
  const { exp, nbf } = claimsOf(token);
  if (exp !== undefined && exp <= now) return [finding('token-expired', { seconds: Math.round(now - exp) })];
  return nbf !== undefined && nbf > now ? [finding('token-early', { seconds: Math.round(nbf - now) })] : [];
}

/** Works in browsers, too. Empty for text that is not base64url. */
function decoded(text: string): string {
  try {
    const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
  } catch {
    return '';
  }
}

/** The times in a JSON Web Token; none for any other token. */
function claimsOf(token: string | undefined): { readonly exp?: number | undefined; readonly nbf?: number | undefined } {
  const [, payload, signature] = token?.split('.') ?? [];
  if (payload === undefined || signature === undefined) return {};
  const claims = parsed(decoded(payload)) as { exp?: unknown; nbf?: unknown } | null | undefined;
  const time = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);
  return { exp: time(claims?.exp), nbf: time(claims?.nbf) };
}
