import type { Millis } from '../../src/domain/time.ts';

/** What must come of an attempt to open a line, by O3 to O7. */
export type AdmissionOutcome = 'in' | 'taken' | 'full' | 'unfit';

/** Whom a line speaks for. */
export interface Credentials {
  /** The key of its realm. */
  readonly realm: string;
  readonly id: string;
  readonly token: string;
}

/** Why and how the server closes a line. */
export interface ExpectedClose {
  readonly rule: string;
  readonly code: number;
  /** Whether it may as well be left open. */
  readonly isRequired: boolean;
}

/** One connection, as its far end knows it. */
export interface ClientConnection extends Credentials {
  readonly name: string;
  /** What must come of it. */
  outcome: AdmissionOutcome;
  /** Whether it took over from another line with the same token. */
  isReconnect: boolean;
  /** Whether it heard OPEN. */
  gotOpen: boolean;
  /** Whether it heard why it is not let in. */
  gotRefusal: boolean;
  isClosed: boolean;
  expectedClose: ExpectedClose | undefined;
  /** When it opened, and when each of its frames was sent. */
  readonly sentAt: Millis[];
  /** When it was last heard in a way that counts for every server. */
  lastAliveAt: Millis;
  /** When each of its malformed frames was sent. */
  readonly malformedAt: Millis[];
  /** What its owner has said on connections before this one. */
  previous: { readonly sentAt: readonly Millis[]; readonly malformedAt: readonly Millis[] };
}

/** A line that nobody has looked at yet. */
export function newConnection(name: string, { realm, id, token }: Credentials): ClientConnection {
  return {
    name,
    realm,
    id,
    token,
    outcome: 'in',
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

/** One id in one realm, as text. */
export function idKey({ realm, id }: Pick<ClientConnection, 'realm' | 'id'>): string {
  return `${realm}\n${id}`;
}
