import type { Hearing } from '../domain/hearing.ts';
import type { ConnectionId } from '../domain/ids.ts';
import type { Holding } from '../domain/memory-budget.ts';
import type { RealmSession } from '../domain/realm.ts';
import type { Millis } from '../domain/time.ts';
import type { Dialect } from './ports/dialect.ts';
import type { Passage } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';

/** News on its way to those that have not been told yet. */
export interface Batch {
  readonly to: ConnectionId[];
  /** Undefined where all of `to` hear it; else those at `places` of it are asked. */
  readonly hearing: Hearing | undefined;
  readonly places: number[];
  readonly texts: Map<Dialect, Uint8Array | undefined>;
  /** The first of `to` that was not served yet. */
  next: number;
}

/** One open socket or stream, the language it speaks, and who speaks it. */
export interface Connection {
  readonly socket: Socket;
  readonly dialect: Dialect;
  /** Where it comes from. */
  readonly address: string;
  /** B1. Undefined where nothing is counted. */
  readonly holding?: Holding | undefined;
  /** Undefined until the credentials are read, and for a connection that never becomes a peer. */
  session: RealmSession | undefined;
  /** M19: nothing is read until then; 0 where it is not paused. */
  pausedUntil: Millis;
  /** Kept by `FanOut` alone: news that it has not been told yet, the oldest first. */
  owed?: Batch[] | undefined;
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
  { socket, dialect, address, holding }: Pick<Connection, 'socket' | 'dialect' | 'address' | 'holding'>,
  { origin, openedAt }: Pick<Connection, 'origin' | 'openedAt'>,
): Connection {
  const passed = { framesIn: 0, bytesIn: 0, framesOut: 0, bytesOut: 0 };
  const idle = { session: undefined, pausedUntil: 0, owed: undefined, isPinged: false };
  return { socket, dialect, address, holding, ...idle, origin, openedAt, ...passed };
}

/** What has passed over a connection until now. */
export function passageOf({ address, openedAt, framesIn, bytesIn, framesOut, bytesOut }: Connection, now: Millis): Passage {
  return { address, lifetime: now - openedAt, framesIn, bytesIn, framesOut, bytesOut };
}
