import type { HttpResponse } from '../../../application/ports/http.ts';
import type { HttpAction, HttpOutcome } from '../../../application/ports/requests.ts';

const PLAIN = ['content-type', 'text/plain; charset=utf-8'] as const;

/** X3: the only error message that these clients read. */
export const HTTP_ERROR = '{"type":"HTTP-ERROR"}';

/** X3, X6. */
export function xhrResponseTo(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind === 'sent') return { status: 200, headers: [PLAIN], body: 'OK' };
  if (outcome.kind === 'refusal' && outcome.reason === 'sender-unknown') {
    return { status: 401, headers: [PLAIN], body: 'Unauthorized' };
  }
  if (outcome.kind === 'refusal' && outcome.reason === 'overloaded') {
    return { status: 429, headers: [PLAIN, ['retry-after', '1']], body: 'Too many messages' };
  }
  return { status: 200, headers: [['content-type', 'application/octet-stream']], body: HTTP_ERROR };
}

/** X6: a body that does not fit its path. @param type the type in the path. */
export function rejectBody(type: string): HttpAction {
  const body = `The body must be a JSON object with the type ${type.toUpperCase()}`;
  return { action: 'respond', response: { status: 400, headers: [PLAIN], body } };
}
