import { finding, type Finding } from '../findings.ts';
import type { HttpObservation } from '../target.ts';

/** The observations of D4. */
export interface CorsObservation {
  readonly origin: string;
  readonly answer: HttpObservation;
  /** Whether a handshake with this Origin was rejected for it. */
  readonly isSocketRefused: boolean;
}

const ALLOW_ORIGIN = 'access-control-allow-origin';

/** D4. */
export function judgeCors({ origin, answer, isSocketRefused }: CorsObservation): Finding {
  const values = answer.headers.filter(([name]) => name === ALLOW_ORIGIN).flatMap(([, value]) => value.split(','));
  if (isSocketRefused) return finding('cors-not-listed', { origin });
  if (values.length === 0) return finding('cors-missing', { origin });
  if (values.length > 1) return finding('cors-doubled', { count: values.length });
  const [value = ''] = values;
  return finding(value === '*' || value === origin ? 'cors' : 'cors-other', { origin });
}
