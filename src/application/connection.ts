import type { MemoryAccount } from '../domain/memory-account.ts';
import { textBytes } from '../domain/memory-sizes.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Ending } from '../domain/refusal.ts';
import type { Carrier } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { DeliveryQueue } from './delivery-queue.ts';
import type { CommonDialect, Conversation, Dialect } from './ports/dialect.ts';
import type { TrafficSummary } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';
import type { Admission } from './ports/transport.ts';
import type { ReceivedMessages } from './received-messages.ts';
import { NO_HEADERS, type RequestHeaders } from './request-headers.ts';

/** One open socket or stream, its dialect, and its session. */
export interface Connection {
  readonly socket: Socket;
  readonly dialect: CommonDialect;
  /** W2: for a dialect without state, the dialect itself, which all its connections share. */
  readonly conversation: Dialect | Conversation;
  readonly carrier: Carrier;
  /** The counters of its dialect. */
  readonly received: ReceivedMessages;
  /** The client's address. */
  readonly address: string;
  /** B1. Undefined if memory is not counted. */
  readonly memory?: MemoryAccount | undefined;
  /** Undefined until the credentials are read, and for a connection that is never registered. */
  session: RealmSession | undefined;
  /** M19: reading is paused until this time; 0 if not paused. */
  pausedUntil: Millis;
  /** Changed by `FanOut` only: batches that are pending for this connection, the oldest first. */
  pendingBatches?: DeliveryQueue | undefined;
  /** M20: the broker sent a ping; the pong that answers it costs no rate-limit token. */
  isPinged: boolean;
  /** Why the broker closes or refuses it; undefined before. */
  ending: Ending | 'refused' | undefined;
  /** Owned by `IcePush`: when the ICE servers of this peer are due for renewal. */
  iceDueAt?: Millis | undefined;
  /** The origin of the page; kept after registration for A7 only. */
  origin: string | undefined;
  /** The headers that the authorizer reads; kept after registration for A7 only. */
  headers: RequestHeaders;
  readonly openedAt: Millis;
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  bytesOut: number;
}

type NewConnection = Pick<Connection, 'socket' | 'dialect' | 'conversation' | 'received' | 'openedAt'>;

/** Makes a connection without traffic. */
export function newConnection(
  { socket, dialect, conversation, received, openedAt }: NewConnection,
  { carrier, address, memory, origin, headers = NO_HEADERS }: Omit<Admission, 'accept' | 'dialect' | 'connectRequest'>,
): Connection {
  return {
    socket,
    dialect,
    conversation,
    carrier,
    received,
    address,
    memory,
    session: undefined,
    pausedUntil: 0,
    pendingBatches: undefined,
    isPinged: false,
    ending: undefined,
    iceDueAt: undefined,
    origin,
    headers,
    openedAt,
    framesIn: 0,
    bytesIn: 0,
    framesOut: 0,
    bytesOut: 0,
  };
}

/**
 * Drops the facts that only a connecting client needs.
 * @param mayRefresh A7: keeps those that the authorizer receives with a fresh token. `authorization` has the earlier token.
 */
export function forgetRequest(connection: Connection, mayRefresh: boolean): void {
  if (!mayRefresh) {
    connection.origin = undefined;
    connection.headers = NO_HEADERS;
    return;
  }
  const { authorization: _, ...kept } = connection.headers;
  const texts = Object.values(kept);
  connection.headers = texts.length === 0 ? NO_HEADERS : kept;
  if (connection.origin !== undefined) texts.push(connection.origin);
  const bytes = texts.reduce((sum, text) => sum + textBytes(text), 0);
  connection.memory?.set('request', Math.max(0, bytes - INCLUDED_REQUEST_BYTES));
}

/** Included in the fixed cost of a connection: an origin. */
const INCLUDED_REQUEST_BYTES = 128;

/** The traffic of a connection until now. */
export function trafficOf(
  { address, openedAt, framesIn, bytesIn, framesOut, bytesOut }: Connection,
  now: Millis,
): TrafficSummary {
  return { address, lifetime: now - openedAt, framesIn, bytesIn, framesOut, bytesOut };
}
