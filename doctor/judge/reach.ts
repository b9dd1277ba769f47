import { finding, type Finding } from '../findings.ts';

/** The result of the connection attempt of D1. */
export interface ReachObservation {
  readonly host: string;
  readonly port: number;
  readonly took: number;
  /** The error code of the name, the TCP connection or the TLS handshake. */
  readonly error?: string | undefined;
  readonly certificate?: CertificateObservation | undefined;
}

export interface CertificateObservation {
  /** The error code of the validation; undefined if browsers accept the certificate. */
  readonly fault: string | undefined;
  /** The names in the certificate. */
  readonly names: string;
  readonly daysLeft: number;
}

const ENDS_SOON_DAYS = 14;
const NO_NAME: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME']);

/** D1. */
export function judgeReach(seen: ReachObservation): Finding {
  const facts = { host: seen.host, port: seen.port, ms: seen.took, code: seen.error ?? '' };
  if (seen.error !== undefined) {
    if (NO_NAME.has(seen.error)) return finding('name-unknown', facts);
    if (seen.error === 'ECONNREFUSED') return finding('connection-refused', facts);
    if (seen.error === 'ETIMEDOUT') return finding('connection-timeout', facts);
    return finding(isNotTls(seen.error) ? 'http-on-tls-port' : 'connection-failed', facts);
  }
  return seen.certificate === undefined ? finding('reachable', facts) : judgeCertificate(seen.certificate, facts);
}

function judgeCertificate(
  { fault, names, daysLeft }: CertificateObservation,
  facts: Readonly<Record<string, string | number>>,
): Finding {
  switch (fault) {
    case undefined:
      return finding(daysLeft < ENDS_SOON_DAYS ? 'certificate-ends-soon' : 'certificate-good', { ...facts, days: daysLeft });
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return finding('certificate-self-signed', facts);
    case 'CERT_HAS_EXPIRED':
      return finding('certificate-expired', { ...facts, days: -daysLeft });
    case 'CERT_NOT_YET_VALID':
      return finding('certificate-early', facts);
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return finding('certificate-wrong-name', { ...facts, names });
    default:
      return finding('certificate-untrusted', { ...facts, code: fault });
  }
}

function isNotTls(code: string): boolean {
  return /^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|UNKNOWN_PROTOCOL|HTTP_REQUEST)/.test(code) || code === 'EPROTO';
}
