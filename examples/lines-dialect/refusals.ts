import type { CloseFrame } from '../../src/application/ports/dialect.ts';
import type { HttpResponse } from '../../src/application/ports/http.ts';
import type { HttpOutcome, HttpRefusal } from '../../src/application/ports/requests.ts';
import type { Ending, OpenRefusal } from '../../src/domain/refusal.ts';

/** The close frame of each refusal. A new reason does not compile until it has a line here. */
export const REFUSALS: Record<OpenRefusal['reason'], CloseFrame> = {
  'credentials-missing': farewell(1008, 'credentials missing'),
  'key-unknown': farewell(1008, 'key unknown'),
  'peer-id-empty': farewell(1008, 'id empty'),
  'peer-id-too-long': farewell(1008, 'id too long'),
  'peer-id-unprintable': farewell(1008, 'id unprintable'),
  'id-taken': farewell(1008, 'id taken'),
  'realm-full': farewell(1013, 'realm full'),
  'too-many-realms': farewell(1013, 'too many realms'),
  'token-missing': farewell(4401, 'token missing'),
  'token-invalid': farewell(4401, 'token invalid'),
  'token-expired': farewell(4401, 'token expired'),
  'token-early': farewell(4401, 'token not valid yet'),
  'realm-not-granted': farewell(4403, 'key not granted'),
  'id-not-granted': farewell(4403, 'id not granted'),
  'id-reserved': farewell(1008, 'id taken'),
  'not-admitted': farewell(4403, 'not admitted'),
  'authorizer-unreachable': farewell(1013, 'try again later'),
  banned: farewell(4004, 'removed by the operator'),
};

export const FAREWELLS: Record<Ending, CloseFrame> = {
  left: farewell(1000, 'left'),
  superseded: farewell(4001, 'superseded'),
  silent: farewell(4002, 'liveness timeout'),
  malformed: farewell(1007, 'too many malformed lines'),
  flooding: farewell(1008, 'too many lines'),
  overreaching: farewell(1008, 'too many topics'),
  expired: farewell(4003, 'token expired'),
  removed: farewell(4004, 'removed by the operator'),
  hoarding: farewell(1008, 'memory limit exceeded'),
  restarting: farewell(1012, 'restarting'),
  fault: farewell(1011, 'internal error'),
};

const STATUSES: Record<HttpRefusal, number> = {
  'key-unknown': 404,
  'discovery-off': 403,
  'sender-unknown': 401,
  'topic-unusable': 400,
  'too-many-topics': 403,
  'realm-full': 503,
  'too-many-realms': 503,
  overloaded: 503,
  'ice-unavailable': 503,
  'token-missing': 401,
  'token-invalid': 401,
  'not-granted': 403,
  'authorizer-unreachable': 503,
};

export function answerTo(outcome: HttpOutcome): HttpResponse {
  if (outcome.kind !== 'refusal') return { status: 204, headers: [], body: '' };
  const headers = [['content-type', 'text/plain; charset=utf-8']] as const;
  return { status: STATUSES[outcome.reason], headers, body: `${outcome.reason}\n` };
}

function farewell(code: number, why: string): CloseFrame {
  return { frame: Buffer.from(`# ${why}\n`), code, why };
}
