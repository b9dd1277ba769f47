import { Dangerous, NotTestable, type Loose } from './outcomes.ts';
import type { Severity, Verdict } from './results.ts';
import { errorMessage } from './waiting.ts';

/** The verdict of one case. */
export interface Judgement {
  readonly verdict: Verdict;
  /** The reason, unless the verdict is `ok`. */
  readonly why?: string;
}

/** For a case that returned. */
export function judgeReturn(outcome: Loose | void): Judgement {
  return outcome === undefined ? { verdict: 'ok' } : { verdict: 'loose', why: outcome.loose };
}

/** For a case that threw. A recommended rule is at worst loose, unless the behaviour is dangerous. */
export function judgeError(error: unknown, severity: Severity): Judgement {
  const why = errorMessage(error);
  if (error instanceof NotTestable) return { verdict: 'not testable', why };
  if (error instanceof Dangerous) return { verdict: 'dangerous', why };
  return { verdict: severity === 'recommended' ? 'loose' : 'failed', why };
}
