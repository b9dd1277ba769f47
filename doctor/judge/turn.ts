import { finding, type Finding } from '../findings.ts';
import type { IceUrl } from '../target.ts';
import { expiryOf } from './ice-list.ts';

/** The allocation at one TURN server: D12. */
export interface TurnObservation {
  readonly server: IceUrl;
  readonly took: number;
  /** The error of the name, the connection or the certificate; `ETIMEDOUT` without a response. */
  readonly error?: string | undefined;
  readonly isCertificateFault?: boolean | undefined;
  /** The code of the Allocate request; 200 for a relay address. */
  readonly allocate?: number | undefined;
  /** The code of the CreatePermission request for the relay address itself. */
  readonly permission?: number | undefined;
}

/** The error of a browser, which does not tell a closed port from an invalid certificate. */
export const UNREACHABLE = 'EUNREACHABLE';

const CODES = {
  403: 'turn-forbidden',
  437: 'turn-mismatch',
  486: 'turn-quota',
  508: 'turn-full',
} as const;

/** D12. A transport that fails is only doubtful if another one relays. @param now by the clock of this machine. */
export function judgeTurn(seen: readonly TurnObservation[], timeout: number, now: number): Finding[] {
  const relays = seen.some(({ allocate }) => allocate === 200);
  return seen.map((one) => {
    const facts = { url: one.server.url, ms: one.took };
    if (one.error !== undefined) return judgeWay(one, one.error, timeout, relays);
    if (one.allocate === 401) return judgeCredentials(one.server, now);
    if (one.allocate === 200) return finding(one.permission === 403 ? 'relay-denied' : 'turn-relays', facts);
    const known = CODES[one.allocate as keyof typeof CODES] as (typeof CODES)[keyof typeof CODES] | undefined;
    return finding(known ?? 'turn-error', { ...facts, code: one.allocate ?? 0 });
  });
}

function judgeWay(
  { server: { url }, isCertificateFault }: TurnObservation,
  code: string,
  timeout: number,
  relays: boolean,
): Finding {
  const state = relays ? 'doubtful' : 'bad';
  if (isCertificateFault === true) return finding('turn-certificate', { url, code }, state);
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return finding('turn-name-unknown', { url }, state);
  if (code === UNREACHABLE) return finding('turn-unreachable', { url }, state);
  return finding(code === 'ECONNREFUSED' ? 'turn-refused' : 'turn-silent', { url, ms: timeout }, state);
}

/** A server answers 401 for an expired credential as for a wrong one; only the user name tells. */
function judgeCredentials(server: IceUrl, now: number): Finding {
  const late = now - (expiryOf(server) ?? Infinity);
  if (late < 0) return finding('turn-unauthorized', { url: server.url });
  return finding('turn-expired', { url: server.url, seconds: Math.round(late / 1000) });
}
