import type { HttpResponse } from '../../../application/ports/http.ts';
import type { HttpOutcome, HttpRefusal } from '../../../application/ports/requests.ts';
import { iceResponse } from './ice-responses.ts';
import type { OpenRefusal } from '../../../domain/refusal.ts';
import { refusalMessage } from './refusals.ts';
import { impossible } from '../../../domain/invariant.ts';

const DESCRIPTION = JSON.stringify({
  name: 'Signalbox',
  description: 'A signalling broker for WebRTC, compatible with PeerJS clients.',
  website: 'https://peerjs.com/',
});

const JSON_TYPE = ['content-type', 'application/json; charset=utf-8'] as const;
const HTML_TYPE = ['content-type', 'text/html; charset=utf-8'] as const;
const PLAIN_TYPE = ['content-type', 'text/plain; charset=utf-8'] as const;
/** A cached id would be given to two peers. */
const NO_STORE = ['cache-control', 'no-store'] as const;

/** H2 to H4, I3, I11. No route of this dialect gives the other reasons. */
const REFUSALS: Record<HttpRefusal, string> = {
  'key-unknown': 'Invalid key provided',
  'discovery-off': 'Unauthorized',
  'sender-unknown': 'No open peer of this broker has this id and token',
  'topic-unusable': 'Unauthorized',
  'too-many-topics': 'Unauthorized',
  'realm-full': 'Unauthorized',
  'too-many-realms': 'Unauthorized',
  overloaded: 'Unauthorized',
  'ice-unavailable': 'No ICE servers at the moment; try again in a minute',
  'token-missing': 'Authentication required',
  'token-invalid': 'Invalid token',
  'not-granted': 'Not allowed',
  'authorizer-unreachable': 'Authorisation is out of reach, try again later',
};

/** A6, I11: the statuses of refusals other than 401, and the challenge of RFC 6750. */
const STATUSES: Partial<Record<HttpRefusal, number>> = {
  'not-granted': 403,
  'authorizer-unreachable': 503,
  'ice-unavailable': 503,
};
const CHALLENGES: Partial<Record<HttpRefusal, string>> = {
  'token-missing': 'Bearer',
  'token-invalid': 'Bearer error="invalid_token"',
};

/** I11. */
const RETRY_AFTER = ['retry-after', '60'] as const;

/** H1 to H4, H18, I2, I3, I11. */
export function responseTo(outcome: HttpOutcome): HttpResponse {
  switch (outcome.kind) {
    case 'description':
      return { status: 200, headers: [JSON_TYPE], body: DESCRIPTION };
    case 'peer-id':
      return { status: 200, headers: [HTML_TYPE, NO_STORE], body: outcome.id };
    case 'peers':
      return { status: 200, headers: [JSON_TYPE, NO_STORE], body: outcome.list };
    case 'credentials-checked':
      return { status: 200, headers: [JSON_TYPE, NO_STORE], body: JSON.stringify(checkResult(outcome.refusal)) };
    case 'ice-servers':
      return iceResponse(outcome);
    case 'refusal':
      return refusal(outcome.reason);
    case 'request-description':
    case 'publication':
    case 'sent':
      return { status: 204, headers: [], body: '' };
    default:
      return impossible(outcome);
  }
}

function refusal(reason: HttpRefusal): HttpResponse {
  const challenge = CHALLENGES[reason];
  const headers: (readonly [string, string])[] = [
    ...[PLAIN_TYPE, NO_STORE],
    ...(challenge === undefined ? [] : [['www-authenticate', challenge] as const]),
  ];
  if (reason === 'ice-unavailable') headers.push(RETRY_AFTER);
  return { status: STATUSES[reason] ?? 401, headers, body: REFUSALS[reason] };
}

/** H18: the message and the close code that the socket would receive, and nothing else about the reason. */
function checkResult(refusal: OpenRefusal | undefined): object {
  return refusal === undefined ? { allowed: true } : { allowed: false, ...refusalMessage(refusal) };
}
