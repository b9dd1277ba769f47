import { maySubscribe, type Grant } from '../domain/grant.ts';
import type { RealmKey } from '../domain/ids.ts';
import type { MissedPublications } from '../domain/missed-publications.ts';
import type { Realms } from '../domain/realms.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { BackendAccess } from './backend-access.ts';
import { authorizeRequest, type HttpClient } from './http-access.ts';
import type { Authorizer } from './ports/authorizer.ts';
import type { MissedReplay } from './missed-replay.ts';
import type { CommonDialect } from './ports/dialect.ts';
import type { HttpResponse } from './ports/http.ts';
import type { BackendCheck, ConnectRequest, HttpAction, HttpRefusal } from './ports/requests.ts';
import type { Admission, HttpExchange } from './ports/transport.ts';

export interface OpenStreamParts {
  readonly realms: Realms;
  readonly admissionControl: AdmissionControl;
  readonly backend: BackendAccess;
  readonly missedReplay: Pick<MissedReplay, 'open'>;
}

/** M23: for each unit of a replay. It is searched twice: for the head, and when it is sent. */
const STEPS_PER_UNIT = 500;
/** To open a stream. */
const UNITS_PER_STREAM = 100;

/** A request for a stream. */
export interface StreamRequest {
  readonly exchange: HttpExchange;
  readonly client: HttpClient;
  /** Headers of the response beside those of the dialect. */
  readonly cors: HttpResponse['headers'];
  /** Sends a response instead of the stream. */
  readonly reply: (response: HttpResponse) => void;
  /** Runs a step that may throw, after the call. */
  readonly guard: (step: () => void) => void;
}

type StreamAction = Extract<HttpAction, { action: 'open-stream' }>;
/** The connect request of a subscriber. */
type Guest = Extract<ConnectRequest, { as: 'guest' }>;

/** Opens a stream as the response to a request. */
export type OpenStream = (request: StreamRequest, action: StreamAction) => void;

/** Refusals are sent before the stream is opened, because only a response has a status. */
export function openStream(parts: OpenStreamParts): OpenStream {
  const { realms, admissionControl, backend } = parts;
  return (request, { connectRequest, head }) => {
    const { exchange, client, reply, cors } = request;
    const { dialect } = client;
    const reason = refusalFor(realms, connectRequest, dialect);
    if (reason !== undefined) return reply(dialect.httpResponse({ kind: 'refusal', reason }));
    // Called before the connection is counted, because `head` may throw.
    const { status, headers } = head(undefined);
    // A9: a connection counts while the backend decides, and while the stream waits. The request can be read only now.
    const admission = admissionControl.admitStream(exchange.request, dialect, connectRequest);
    if (!admission.accept) return reply(admission.response);
    const start = (admitted: Admission): void => {
      const realm = realmToReplay(realms, connectRequest, dialect);
      if (realm !== undefined) return openWithReplay(parts, { request, connectRequest, head, admitted, realm });
      exchange.respondWithStream({ status, headers: [...headers, ...cors] }, admitted);
    };
    const check = connectRequest.as === 'guest' ? connectRequest.backendCheck : undefined;
    const authorizer = backend.authorizerFor(check);
    if (connectRequest.as !== 'guest' || authorizer === undefined || check === undefined) return start(admission);
    const granted = (grant: Grant): void => start({ ...admission, connectRequest: { ...connectRequest, grant } });
    askBackend(parts, { request, connectRequest, check, admission, authorizer }, granted);
  };
}

/** A stream that waits for the backend. */
interface AskedStream {
  readonly request: StreamRequest;
  readonly connectRequest: Guest;
  readonly check: BackendCheck;
  readonly admission: Admission;
  readonly authorizer: Authorizer;
}

/** A9. */
function askBackend(
  { realms, admissionControl }: OpenStreamParts,
  { request, connectRequest, check, admission, authorizer }: AskedStream,
  granted: (grant: Grant) => void,
): void {
  const { client, guard, reply } = request;
  const reject = (reason: HttpRefusal): void => {
    admission.memory?.release();
    admissionControl.release(admission.address);
    reply(client.dialect.httpResponse({ kind: 'refusal', reason }));
  };
  const realm = realms.resolve(connectRequest.key);
  if (realm === undefined) return reject('key-unknown');
  authorizeRequest(authorizer, { realm: realm.key, id: undefined, token: check.token }, client, (outcome) =>
    guard(() => {
      if (typeof outcome === 'string') reject(outcome);
      else if (maySubscribe(outcome, connectRequest.selectors)) granted(outcome);
      else reject('not-granted');
    }),
  );
}

function refusalFor(realms: Realms, connectRequest: ConnectRequest, dialect: CommonDialect): HttpRefusal | undefined {
  if (connectRequest.as === 'diagnostic') return undefined;
  const realm = realms.resolveForConnection(connectRequest.key);
  if (!realm.ok) return realm.refusal.reason === 'too-many-realms' ? 'too-many-realms' : 'key-unknown';
  // The directory decides later about the ownership of the id.
  if (connectRequest.as === 'peer' || connectRequest.as === 'newcomer') return undefined;
  return realm.value.isFull ? 'realm-full' : realm.value.topics(dialect).refusalFor(connectRequest.selectors);
}

/** A stream that may have missed publications. */
interface ReplayedStream {
  readonly request: StreamRequest;
  readonly connectRequest: ConnectRequest;
  readonly head: StreamAction['head'];
  readonly admitted: Admission;
  readonly realm: RealmKey;
}

/** MER5. */
function openWithReplay(
  { realms, admissionControl, missedReplay }: OpenStreamParts,
  { request, connectRequest, head, admitted, realm }: ReplayedStream,
): void {
  const { exchange, client, cors, guard, reply } = request;
  const open = (spend: (units: number) => void): void => {
    const response = admissionControl.withdraw(admitted);
    if (response !== undefined) return reply(response);
    const missed = missedBy(realms, connectRequest, client.dialect);
    spend(UNITS_PER_STREAM + (missed?.steps ?? 0) / STEPS_PER_UNIT);
    guard(() => {
      const { status, headers } = head(missed?.startsAfter);
      exchange.respondWithStream({ status, headers: [...headers, ...cors] }, admitted);
    });
  };
  exchange.spend?.(missedReplay.open(realm, open));
}

/** @returns undefined if the stream can't have missed a publication. */
function realmToReplay(realms: Realms, connectRequest: ConnectRequest, dialect: CommonDialect): RealmKey | undefined {
  if (!('since' in connectRequest) || connectRequest.since === undefined) return undefined;
  const realm = realms.resolve(connectRequest.key);
  return realm?.topics(dialect).keepsHistory === true ? realm.key : undefined;
}

function missedBy(realms: Realms, connectRequest: ConnectRequest, dialect: CommonDialect): MissedPublications | undefined {
  if (!('selectors' in connectRequest)) return undefined;
  return realms.resolve(connectRequest.key)?.topics(dialect).replayFor(connectRequest);
}
