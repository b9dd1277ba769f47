import type { SubscriberSearch } from '../domain/subscriber-search.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { MemoryAccount } from '../domain/memory-budget.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import type { Dialect } from './ports/dialect.ts';
import type { TrafficSummary } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';

/** News on its way to those that have not been told yet. */
export interface DeliveryBatch {
  readonly recipients: ConnectionId[];
  /** Undefined where all of `to` hear it; else those at `places` of it are asked. */
  readonly search: SubscriberSearch | undefined;
  readonly indexes: number[];
  readonly frames: Map<Dialect, Uint8Array | undefined>;
  /** The first of `to` that was not served yet. */
  nextRecipient: number;
}

/** One open socket or stream, the language it speaks, and who speaks it. */
export interface Connection {
  readonly socket: Socket;
  readonly dialect: Dialect;
  /** Where it comes from. */
  readonly address: string;
  /** B1. Undefined where nothing is counted. */
  readonly memory?: MemoryAccount | undefined;
  /** Undefined until the credentials are read, and for a connection that never becomes a peer. */
  session: RealmSession | undefined;
  /** M19: nothing is read until then; 0 where it is not paused. */
  pausedUntil: Millis;
  /** Kept by `FanOut` alone: news that it has not been told yet, the oldest first. */
  pendingBatches?: DeliveryBatch[] | undefined;
  /** M20: the broker sent a ping; the pong that answers it is free. */
  isPinged: boolean;
  /** The page that opened it, for the line of a refusal; forgotten when it is let in. */
  origin: string | undefined;
  readonly openedAt: Millis;
  framesIn: number;
  bytesIn: number;
  framesOut: number;
  bytesOut: number;
}

/** A connection on which nothing has passed yet. */
export function newConnection(
  { socket, dialect, address, memory }: Pick<Connection, 'socket' | 'dialect' | 'address' | 'memory'>,
  { origin, openedAt }: Pick<Connection, 'origin' | 'openedAt'>,
): Connection {
  const passed = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 };
  const idle = { session: undefined, pausedUntil: 0, pendingBatches: undefined, isPinged: false };
  return { socket, dialect, address, memory, ...idle, origin, openedAt, ...passed };
}

/** What has passed over a connection until now. */
export function trafficOf(
  { address, openedAt, framesIn, bytesIn, framesOut, bytesOut }: Connection,
  now: Millis,
): TrafficSummary {
  return { address, lifetime: now - openedAt, framesIn, bytesIn, framesOut, bytesOut };
}
