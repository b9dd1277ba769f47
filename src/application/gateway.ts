import type { ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Realm, RealmSession } from '../domain/realm.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import { newConnection, trafficOf, type Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { DiagnosticConnections } from './diagnostic-connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { HttpController } from './http-controller.ts';
import { FAULT } from './http-responses.ts';
import type { LeaseFence } from './lease-fence.ts';
import { PacedSocket } from './paced-socket.ts';
import { PendingFrames, type PendingFrame } from './pending-frames.ts';
import { pendingMessages } from './pending-messages.ts';
import type { Performer } from './performer.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';
import type { Counter, Telemetry } from './ports/telemetry.ts';
import type { Admission, ConnectionEnd, HttpExchange, Gateway, UpgradeAnswer } from './ports/transport.ts';
import { loggedRequest, reasonOf, LoggedExchange } from './refused-requests.ts';
import { servedDialects, type ServedDialect } from './served-dialects.ts';
import type { Turns } from './turns.ts';
import type { LeaveRealm } from './use-cases/leave-realm.ts';
import type { RegisterPeer } from './use-cases/register-peer.ts';

export interface GatewayParts {
  readonly dialects: readonly Dialect[];
  readonly connections: Connections;
  readonly admissionControl: AdmissionControl;
  readonly addresses: ClientAddresses;
  readonly httpController: HttpController;
  readonly dispatcher: Dispatcher;
  readonly diagnostics: DiagnosticConnections;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly registerPeer: RegisterPeer;
  readonly leaveRealm: LeaveRealm;
  readonly fence: LeaseFence;
  /** X2, O14: bytes that may be queued on a paced stream, and bytes that a connection may send before it is open. */
  readonly sendBufferBytes: number;
}

/** O14: bytes that all connections together may send before they are open. */
const PENDING_BYTES = 64 * 1024 * 1024;

/**
 * Passes the reports of transports to the use-cases. Exceptions are caught here: a fault is logged and closes the connection that
 * caused it; other connections are not affected (promise 6).
 */
export class BrokerGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #dialects: ReadonlyMap<string, ServedDialect>;
  readonly #pending: PendingFrames;
  readonly #ignored: Counter;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#dialects = servedDialects(parts.dialects, parts.telemetry);
    this.#pending = new PendingFrames(parts.sendBufferBytes, PENDING_BYTES);
    this.#ignored = parts.telemetry.counter('messages_ignored_total', 'session-not-open');
    parts.performer.onOpened((id) => {
      if (this.#pending.has(id)) parts.turns.run(() => this.#handlePending(id));
    });
    parts.performer.onSuperseded((realm, session) => {
      if (this.#pending.has(session.connection)) parts.turns.run(() => this.#refusePending(realm, session));
    });
    parts.performer.onClosing((realm, session) => this.#holdPending(realm, session, parts.connections.find(session.connection)));
    parts.fence.onLifted(() => {
      for (const id of this.#pending.connections()) parts.turns.run(() => this.#handlePending(id));
    });
  }

  httpRequest(exchange: HttpExchange): void {
    const logged = new LoggedExchange(exchange, this.#parts);
    this.#parts.httpController.serve(logged);
    logged.snapshotRequest();
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    try {
      return this.#parts.admissionControl.admit(request);
    } catch (error) {
      this.#parts.log.record({ event: 'fault', error, connection: undefined });
      return { accept: false, response: FAULT };
    }
  }

  abandoned(admission: Admission): void {
    admission.memory?.release();
    const { address, dialect } = admission;
    this.#parts.log.record({ event: 'upgrade-abandoned', address, dialect });
    this.#parts.admissionControl.release(admission.address);
  }

  refused(request: HttpRequest, response: HttpResponse): void {
    const { addresses, log } = this.#parts;
    const { status, limit } = response;
    log.record({ event: 'request-refused', request: loggedRequest(request, addresses), status, why: reasonOf(response), limit });
  }

  tokenRefused(address: string, refusal: AccessRefusal): boolean {
    return this.#parts.admissionControl.tokenRefused(address, refusal);
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    const { dialect: name, carrier, connectRequest, memory } = admission;
    const { connections, turns, registerPeer, diagnostics, clock } = this.#parts;
    const served = this.#dialects.get(name);
    invariant(served !== undefined, 'a transport passes back the admission that it received');
    const { dialect, traits, received } = served;
    const paced = this.#paced(socket, dialect, memory);
    const id = connections.add(newConnection({ socket: paced, dialect, received, openedAt: clock.now() }, admission));
    if (memory !== undefined) memory.onExcess = (mustCut) => void clock.wakeAt(clock.now(), () => this.#freeMemory(id, mustCut));
    turns.begin();
    try {
      if (carrier === 'stream') connections.beginStream(id);
      if (connectRequest.as === 'diagnostic') diagnostics.opened(id, connectRequest, carrier);
      else registerPeer(id, connectRequest, traits[carrier]);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    return id;
  }

  frame(id: ConnectionId, bytes: Uint8Array, isBinary: boolean, size = bytes.length): void {
    const { connections, dispatcher, turns, clock } = this.#parts;
    const connection = connections.find(id);
    const session = connection?.session;
    const now = clock.now();
    if (connection === undefined || session === undefined) return this.#parts.diagnostics.frame(id, bytes, isBinary);
    connections.countReceived(connection, size);
    if (session.state === 'connecting' || (session.state === 'open' && this.#mustWait(id, now))) {
      return this.#keepPending(session, { bytes, isBinary }, size, now);
    }
    if (session.state !== 'open') return this.#ignored.add();
    turns.begin();
    try {
      dispatcher.dispatch(session, connection.dialect.decode(bytes, isBinary), now, size);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  controlFrame(id: ConnectionId): void {
    const { connections, performer, turns, clock } = this.#parts;
    const connection = connections.find(id);
    const session = connection?.session;
    if (connection === undefined || session?.state !== 'open') return;
    turns.begin();
    try {
      const now = clock.now();
      session.realm.liveness.pongReceived(session, now);
      const decision = connection.isPinged ? undefined : session.realm.takeTokens(session, now);
      connection.isPinged = false;
      if (decision !== undefined) performer.perform(session.realm, decision, now);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  unsent(id: ConnectionId, message: SignalMessage): void {
    const { connections, performer, turns, clock } = this.#parts;
    const realm = connections.find(id)?.session?.realm;
    if (realm === undefined) return;
    turns.begin();
    try {
      performer.undelivered(realm, message, clock.now());
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  closed(id: ConnectionId, end: ConnectionEnd): void {
    const { connections, admissionControl, diagnostics, turns, leaveRealm, clock, log } = this.#parts;
    const connection = connections.find(id);
    if (connection === undefined) return;
    if (connection.socket instanceof PacedSocket) for (const message of connection.socket.takeUnsent()) this.unsent(id, message);
    connections.remove(id);
    if (connection.session === undefined) diagnostics.closed(id);
    const traffic = trafficOf(connection, clock.now());
    connection.memory?.release();
    turns.begin();
    try {
      if (connection.session?.state === 'open') this.#holdPending(connection.session.realm, connection.session, connection);
      this.#pending.take(id);
      if (connection.session !== undefined) leaveRealm.byDisconnect(connection.session, end, traffic);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    const { session, dialect } = connection;
    log.record({ event: 'connection-closed', connection: id, session, dialect: dialect.name, end, passage: traffic });
    admissionControl.release(connection.address, overdraftOf(connection, clock.now()));
  }

  /**
   * Whether a frame of an open peer must wait for the renewal of this node's lease, or for earlier frames of the peer that wait.
   */
  #mustWait(id: ConnectionId, now: Millis): boolean {
    return this.#parts.fence.isBlocking(now) || this.#pending.has(id);
  }

  /** O14: the frame counts for liveness and for the rate limit on arrival, not when it is handled. */
  #keepPending(session: RealmSession, { bytes, isBinary }: PendingFrame, size: number, now: Millis): void {
    const { dispatcher, performer, turns } = this.#parts;
    const { connection, realm } = session;
    turns.begin();
    try {
      if (!dispatcher.admits(session, now, size)) this.#pending.take(connection);
      else if (!this.#pending.add(connection, bytes, isBinary)) {
        this.#pending.take(connection);
        performer.perform(realm, realm.limitExceeded(session, 'flooding'), now);
      }
    } catch (error) {
      this.#fault(connection, error);
    }
    turns.end();
  }

  /** O14: handles pending frames in order of arrival. Must be called within a turn. */
  #handlePending(id: ConnectionId): void {
    const { connections, dispatcher, clock, fence } = this.#parts;
    const now = clock.now();
    const connection = connections.find(id);
    const session = connection?.session;
    if (connection === undefined || session?.state === 'connecting' || fence.isBlocking(now)) return;
    for (const { bytes, isBinary } of this.#pending.take(id)) {
      if (session?.state !== 'open') return;
      try {
        dispatcher.handle(session, connection.dialect.decode(bytes, isBinary), now, bytes.length);
      } catch (error) {
        this.#fault(id, error);
      }
    }
  }

  /** O14, M13: a superseded connection's pending frames are not handled. The peer is notified about each message among them. */
  #refusePending(realm: Realm, session: Session): void {
    const dialect = this.#parts.connections.find(session.connection)?.dialect;
    for (const message of pendingMessages(this.#pending.take(session.connection), dialect, session, realm.limits)) {
      this.#parts.performer.perform(realm, realm.notices.unheld(message), this.#parts.clock.now());
    }
  }

  /** O14: the directory decides whether a peer whose connection ends owned its id. If it did, its messages are held. */
  #holdPending(realm: Realm, session: Session, connection: Connection | undefined): void {
    const frames = this.#pending.take(session.connection);
    for (const message of pendingMessages(frames, connection?.dialect, session, realm.limits)) {
      this.#parts.performer.perform(realm, { do: 'hold', sender: session, message }, this.#parts.clock.now());
    }
  }

  #paced(socket: Socket, { pace }: Dialect, memory: Admission['memory']): Socket {
    const { clock, sendBufferBytes } = this.#parts;
    return pace === 0 ? socket : new PacedSocket(socket, clock, { pace, maxBytes: sendBufferBytes, memory });
  }

  /** B3: closes a connection that exceeds the memory budget. @param mustCut ends the connection without a close frame. */
  #freeMemory(id: ConnectionId, mustCut: boolean): void {
    const { connections, performer, telemetry, turns, clock } = this.#parts;
    const connection = connections.find(id);
    if (connection === undefined) return;
    const { session } = connection;
    if (session?.state !== 'closing') telemetry.counter('memory_exceeded_total').add();
    turns.run(() => {
      if (session?.state !== 'open') return void connections.close(id, (dialect) => dialect.closeFrame('hoarding'));
      const { realm } = session;
      performer.perform(realm, realm.limitExceeded(session, 'hoarding'), clock.now());
    });
    if (mustCut) connection.socket.terminate();
  }

  #fault(id: ConnectionId, error: unknown): void {
    const { connections, log, performer, clock } = this.#parts;
    log.record({ event: 'fault', error, connection: id });
    const session = connections.find(id)?.session;
    if (session?.state === 'open') return performer.perform(session.realm, session.realm.aborted(session, 'fault'), clock.now());
    connections.close(id, (dialect) => dialect.closeFrame('fault'));
  }
}

/** M19: how long until the rate limiter of a connection has its full allowance again. */
function overdraftOf({ session }: Connection, now: Millis): Millis {
  return session?.rateLimiter.timeUntilFull(session.rateLimits, now) ?? 0;
}
