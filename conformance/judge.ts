import { Dangerous, NotTestable, type Loose } from './outcomes.ts';
import type { Severity, Verdict } from './results.ts';
import { errorMessage } from './waiting.ts';

/** What came of a case. */
export interface Judgement {
  readonly verdict: Verdict;
  /** Why it is not `ok`. */
  readonly why?: string;
}

/** A case ended by itself. */
export function judgeReturn(outcome: Loose | void): Judgement {
  return outcome === undefined ? { verdict: 'ok' } : { verdict: 'loose', why: outcome.loose };
}

/** A case threw. What is only recommended may be left undone, so that is loose at worst, unless it is dangerous. */
export function judgeError(error: unknown, severity: Severity): Judgement {
  const why = errorMessage(error);
  if (error instanceof NotTestable) return { verdict: 'not testable', why };
  if (error instanceof Dangerous) return { verdict: 'dangerous', why };
  return { verdict: severity === 'recommended' ? 'loose' : 'failed', why };
}
