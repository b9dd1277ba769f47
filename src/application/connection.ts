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

/** The facts that all connections of one dialect and carrier share. */
export interface ConnectionKind {
  readonly dialect: CommonDialect;
  readonly carrier: Carrier;
  /** The counters of its dialect. */
  readonly received: ReceivedMessages;
}

/** The state that most connections never have, and share therefore. Replaced on each change. */
interface ConnectionExtras {
  readonly pausedUntil: Millis;
  readonly ending: Ending | 'refused' | undefined;
  readonly iceDueAt: Millis | undefined;
  readonly origin: string | undefined;
  readonly headers: RequestHeaders;
}

const NO_EXTRAS: ConnectionExtras = {
  pausedUntil: 0,
  ending: undefined,
  iceDueAt: undefined,
  origin: undefined,
  headers: NO_HEADERS,
};

type NewConnection = Pick<Connection, 'socket' | 'conversation' | 'openedAt'>;

/** One open socket or stream, its dialect, and its session. */
export class Connection {
  readonly #kind: ConnectionKind;
  readonly socket: Socket;
  /** W2: for a dialect without state, the dialect itself, which all its connections share. */
  readonly conversation: Dialect | Conversation;
  /** The client's address. */
  readonly address: string;
  /** B1. Undefined if memory is not counted. */
  readonly memory: MemoryAccount | undefined;
  /** Undefined until the credentials are read, and for a connection that is never registered. */
  session: RealmSession | undefined = undefined;
  /** Changed by `FanOut` only: batches that are pending for this connection, the oldest first. */
  pendingBatches: DeliveryQueue | undefined = undefined;
  /** M20: the broker sent a ping; the pong that answers it costs no rate-limit token. */
  isPinged = false;
  #extras: ConnectionExtras;
  readonly openedAt: Millis;
  framesIn = 0;
  bytesIn = 0;
  framesOut = 0;
  bytesOut = 0;

  constructor(
    kind: ConnectionKind,
    { socket, conversation, openedAt }: NewConnection,
    { address, memory, origin, headers }: Pick<Admission, 'address' | 'memory' | 'origin' | 'headers'>,
  ) {
    this.#kind = kind;
    this.socket = socket;
    this.conversation = conversation;
    this.address = address;
    this.memory = memory;
    const isPlain = origin === undefined && headers === undefined;
    this.#extras = isPlain ? NO_EXTRAS : { ...NO_EXTRAS, origin, headers: headers ?? NO_HEADERS };
    this.openedAt = openedAt;
  }

  get dialect(): CommonDialect {
    return this.#kind.dialect;
  }

  get carrier(): Carrier {
    return this.#kind.carrier;
  }

  get received(): ReceivedMessages {
    return this.#kind.received;
  }

  /** M19: reading is paused until this time; 0 if not paused. */
  get pausedUntil(): Millis {
    return this.#extras.pausedUntil;
  }

  set pausedUntil(pausedUntil: Millis) {
    this.#extras = { ...this.#extras, pausedUntil };
  }

  /** Why the broker closes or refuses it; undefined before. */
  get ending(): Ending | 'refused' | undefined {
    return this.#extras.ending;
  }

  set ending(ending: Ending | 'refused' | undefined) {
    this.#extras = { ...this.#extras, ending };
  }

  /** Owned by `IcePush`: when the ICE servers of this peer are due for renewal. */
  get iceDueAt(): Millis | undefined {
    return this.#extras.iceDueAt;
  }

  set iceDueAt(iceDueAt: Millis | undefined) {
    this.#extras = { ...this.#extras, iceDueAt };
  }

  /** The origin of the page; kept after registration for A7 only. */
  get origin(): string | undefined {
    return this.#extras.origin;
  }

  /** The headers that the authorizer reads; kept after registration for A7 only. */
  get headers(): RequestHeaders {
    return this.#extras.headers;
  }

  /**
   * Drops the facts that only a connecting client needs.
   * @param mayRefresh A7: keeps those that the authorizer receives with a fresh token. `authorization` has the earlier token.
   */
  forgetRequest(mayRefresh: boolean): void {
    if (this.#extras === NO_EXTRAS) return;
    const { pausedUntil, ending, iceDueAt, origin, headers } = this.#extras;
    if (!mayRefresh) {
      const isOnlyRequest = pausedUntil === 0 && ending === undefined && iceDueAt === undefined;
      this.#extras = isOnlyRequest ? NO_EXTRAS : { ...NO_EXTRAS, pausedUntil, ending, iceDueAt };
      return;
    }
    const { authorization: _, ...kept } = headers;
    const texts = Object.values(kept);
    this.#extras = { ...this.#extras, headers: texts.length === 0 ? NO_HEADERS : kept };
    if (origin !== undefined) texts.push(origin);
    const bytes = texts.reduce((sum, text) => sum + textBytes(text), 0);
    this.memory?.set('request', Math.max(0, bytes - INCLUDED_REQUEST_BYTES));
  }
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
