import { STATUS_CODES } from 'node:http';

/** A complete response of the admin listener. */
export interface AdminResponse {
  readonly status: number;
  /** Beside those that every response has. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** ADM13: why a request is refused: a fixed word, and a sentence for people. */
export interface ProblemFacts {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A refused request. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly facts: ProblemFacts;

  constructor(facts: ProblemFacts) {
    super(facts.detail);
    this.facts = facts;
  }
}

/** ADM13: problem details (RFC 9457). */
export function problemResponse({ status, code, detail, headers = {} }: ProblemFacts): AdminResponse {
  const body = JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, code, detail });
  return { status, headers: { 'content-type': 'application/problem+json', ...headers }, body };
}

/** A response with a JSON body. */
export function json(value: unknown, status = 200): AdminResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(value) };
}

/** A request that is not valid. */
export function invalid(detail: string): Problem {
  return new Problem({ status: 400, code: 'invalid-request', detail });
}

/** There is no such resource. */
export function notFound(detail: string): Problem {
  return new Problem({ status: 404, code: 'not-found', detail });
}
