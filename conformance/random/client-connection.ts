import type { Millis } from '../../src/domain/time.ts';

/** The expected result of a connection attempt, by O3 to O7. */
export type AdmissionOutcome = 'admitted' | 'taken' | 'full' | 'invalid-id';

/** The peer that the connection registers. */
export interface Credentials {
  /** The key of its realm. */
  readonly realm: string;
  readonly id: string;
  readonly token: string;
}

/** The expected close by the server. */
export interface ExpectedClose {
  readonly rule: string;
  readonly code: number;
  /** False if the server may also leave the connection open. */
  readonly isRequired: boolean;
}

/** The model's state of one connection, from the client's view. */
export interface ClientConnection extends Credentials {
  readonly name: string;
  /** The expected result of the attempt. */
  outcome: AdmissionOutcome;
  /** True if the connection replaced another one with the same token. */
  isReconnect: boolean;
  /** True after OPEN was received. */
  gotOpen: boolean;
  /** True after a refusal frame was received. */
  gotRefusal: boolean;
  isClosed: boolean;
  expectedClose: ExpectedClose | undefined;
  /** The times of the opening and of each sent frame. */
  readonly sentAt: Millis[];
  /** The time of the last frame that keeps a peer alive on every server. */
  lastAliveAt: Millis;
  /** The times of the malformed frames sent. */
  readonly malformedAt: Millis[];
  /** The frames that the owner of the id sent on earlier connections. */
  previous: { readonly sentAt: readonly Millis[]; readonly malformedAt: readonly Millis[] };
}

/** The initial state of a connection. */
export function newConnection(name: string, { realm, id, token }: Credentials): ClientConnection {
  return {
    name,
    realm,
    id,
    token,
    outcome: 'admitted',
    isReconnect: false,
    gotOpen: false,
    gotRefusal: false,
    isClosed: false,
    expectedClose: undefined,
    sentAt: [],
    lastAliveAt: 0,
    malformedAt: [],
    previous: { sentAt: [], malformedAt: [] },
  };
}

/** The realm and id as a map key. */
export function idKey({ realm, id }: Pick<ClientConnection, 'realm' | 'id'>): string {
  return `${realm}\n${id}`;
}

/** Older times cannot exceed a rate limit. */
const MAX_KEPT_TIMES = 1_000;

/** The frames of the owner on this connection and earlier ones. */
export function timesOf({ previous, sentAt, malformedAt }: ClientConnection): ClientConnection['previous'] {
  return {
    sentAt: [...previous.sentAt, ...sentAt].slice(-MAX_KEPT_TIMES),
    malformedAt: [...previous.malformedAt, ...malformedAt].slice(-MAX_KEPT_TIMES),
  };
}
