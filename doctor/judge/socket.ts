import { finding, type Finding } from '../findings.ts';

/** The end of the handshake of a peer: D5. */
export interface OpenObservation {
  readonly key: string;
  readonly origin: string | undefined;
  readonly timeout: number;
  /** Milliseconds until OPEN, or until the failure. */
  readonly took: number;
  /** The HTTP response to the handshake, if it was no 101. */
  readonly refusal?: { readonly status: number; readonly body: string } | undefined;
  /** The error code of the connection. */
  readonly error?: string | undefined;
  /** Whether the socket opened. */
  readonly isOpened: boolean;
  /** The first message. */
  readonly type?: string | undefined;
  /** The text of an ERROR message. */
  readonly text?: string | undefined;
  readonly closeCode?: number | undefined;
}

const SLOW_MS = 2_000;
const NO_UPGRADE: ReadonlySet<number> = new Set([200, 404, 426]);

/** D5. */
export function judgeOpen(seen: OpenObservation): Finding {
  const { refusal, error, type, took, closeCode } = seen;
  if (refusal !== undefined) return judgeRefusal(seen, refusal);
  if (error !== undefined) return finding('upgrade-failed', { code: error });
  if (type === 'OPEN') return finding(took > SLOW_MS ? 'open-slow' : 'open', { ms: took });
  if (type === 'ID-TAKEN') return finding('id-taken');
  if (type === 'ERROR') return judgeError(seen);
  return closeCode === undefined ? finding('open-missing', { ms: seen.timeout }) : finding('socket-cut', { code: closeCode });
}

function judgeRefusal({ origin }: OpenObservation, { status, body }: { status: number; body: string }): Finding {
  if (NO_UPGRADE.has(status)) return finding('upgrade-stripped', { status });
  if (status === 505) return finding('http-1.0');
  if (status === 403 && /origin/i.test(body)) return finding('origin-refused', { origin: origin ?? 'no origin' });
  if (status === 401 || status === 407) return finding('login', { status });
  const text = body.slice(0, MAX_TEXT).replaceAll(/\s+/g, ' ').trim();
  const isLimit = /too many/i.test(body) && (status === 429 || status === 503);
  return isLimit ? finding('broker-full', { text }) : finding('upgrade-refused', { status, text });
}

const MAX_TEXT = 80;

function judgeError({ key, text = '' }: OpenObservation): Finding {
  if (/invalid key/i.test(text)) return finding('key-refused', { key });
  if (/limit/i.test(text)) return finding('broker-full', { text });
  return finding(/token|authenticat/i.test(text) ? 'token-refused' : 'peer-refused', { text });
}
