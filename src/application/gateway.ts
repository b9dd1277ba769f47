import type { ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { MemoryAccount } from '../domain/memory-account.ts';
import type { MemoryBudget } from '../domain/memory-budget.ts';
import type { SignalMessage } from '../domain/message.ts';
import { timeUntilFull } from '../domain/rate-limiter.ts';
import type { AccessRefusal } from '../domain/refusal.ts';
import type { Millis } from '../domain/time.ts';
import { Connection, trafficOf } from './connection.ts';
import type { Connections } from './connections.ts';
import type { DiagnosticConnections } from './diagnostic-connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { AdmissionControl } from './admission-control.ts';
import type { HttpController } from './http-controller.ts';
import { FAULT } from './http-responses.ts';
import type { LeaseFence } from './lease-fence.ts';
import { PacedSocket } from './paced-socket.ts';
import { PendingRequests } from './pending-requests.ts';
import type { Performer } from './performer.ts';
import type { ClientAddresses } from './ports/client-addresses.ts';
import type { Clock } from './ports/clock.ts';
import type { AnyDialect, CommonDialect, Conversation } from './ports/dialect.ts';
import type { HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';
import type { Counter, Telemetry } from './ports/telemetry.ts';
import type { Admission, ConnectionEnd, HttpExchange, Gateway, UpgradeAnswer } from './ports/transport.ts';
import { loggedRequest, reasonOf, LoggedExchange } from './refused-requests.ts';
import { servedDialects, type ServedDialect } from './served-dialects.ts';
import { StatefulConnections, type ReceivedFrame } from './stateful-connections.ts';
import type { Turns } from './turns.ts';
import type { LeaveRealm } from './use-cases/leave-realm.ts';
import type { RegisterPeer } from './use-cases/register-peer.ts';

export interface GatewayParts {
  readonly dialects: readonly AnyDialect[];
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
  readonly memory: MemoryBudget;
  /** X2, O14: bytes that may be queued on a paced stream, and bytes that a connection may send before it is open. */
  readonly sendBufferBytes: number;
  /** M18. */
  readonly maxMessageBytes: number;
}

/**
 * Passes the reports of transports to the use-cases. Exceptions are caught here: a fault is logged and closes the connection that
 * caused it; other connections are not affected (promise 6).
 */
export class BrokerGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #dialects: ReadonlyMap<string, ServedDialect>;
  readonly #pending: PendingRequests;
  readonly #stateful: StatefulConnections;
  readonly #ignored: Counter;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#dialects = servedDialects(parts.dialects, parts.telemetry);
    this.#pending = new PendingRequests(parts, (id, error) => this.#fault(id, error));
    this.#stateful = new StatefulConnections(parts, this.#pending);
    this.#ignored = parts.telemetry.counter('messages_ignored_total', 'session-not-open');
    parts.memory.onExcess = (mustCut, account) => this.#exceeded(account, mustCut);
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
    const { dialect, traits, kinds } = served;
    const paced = this.#paced(socket, dialect, memory);
    const conversation = this.#conversationOf(dialect, socket);
    const openedAt = clock.now();
    const id = connections.add(new Connection(kinds[carrier], { socket: paced, conversation, openedAt }, admission));
    if (memory !== undefined) memory.connection = id;
    turns.begin();
    try {
      if (carrier === 'stream') connections.sendPreamble(id);
      if (connectRequest.as === 'diagnostic') diagnostics.opened(id, connectRequest, carrier);
      else if (connectRequest.as === 'newcomer') this.#stateful.awaitIntroduction(id, connectRequest, traits[carrier]);
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
    if (connection === undefined) return this.#parts.diagnostics.frame(id, bytes, isBinary);
    const { conversation } = connection;
    if (conversation.decode === undefined) return this.#statefulFrame(id, connection, conversation, { bytes, isBinary, size });
    if (session === undefined) return this.#parts.diagnostics.frame(id, bytes, isBinary);
    connections.countReceived(connection, size);
    const isWaiting = session.state === 'connecting' || (session.state === 'open' && this.#pending.mustWait(id, now));
    if (!isWaiting && session.state !== 'open') return this.#ignored.add();
    turns.begin();
    try {
      if (isWaiting) this.#pending.keep(session, { bytes, isBinary }, size, now);
      else {
        const likelyTo = connections.recentRecipients.of(session)?.id;
        dispatcher.dispatch(session, conversation.decode(bytes, isBinary, likelyTo), now, size);
      }
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  /** W1. */
  #statefulFrame(id: ConnectionId, connection: Connection, conversation: Conversation, frame: ReceivedFrame): void {
    const { connections, turns, clock } = this.#parts;
    connections.countReceived(connection, frame.size);
    turns.begin();
    try {
      this.#stateful.frame(id, connection, conversation, frame, clock.now());
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  continueFrame(id: ConnectionId): void {
    const { turns, clock } = this.#parts;
    turns.begin();
    try {
      this.#stateful.continueFrame(id, clock.now());
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
    if (connection.conversation.decode === undefined) this.#stateful.ended(id);
    const now = clock.now();
    const traffic = trafficOf(connection, now);
    connection.memory?.release();
    turns.begin();
    try {
      this.#pending.ended(id, connection);
      if (connection.session !== undefined) leaveRealm.byDisconnect(connection.session, end, traffic, connection.socket);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    const { session, dialect } = connection;
    log.record({ event: 'connection-closed', connection: id, session, dialect: dialect.name, end, passage: traffic });
    admissionControl.release(connection.address, overdraftOf(connection, now));
  }

  /** W1: a new one for a stateful dialect; otherwise the dialect itself. */
  #conversationOf(dialect: AnyDialect, { maxFrameBytes }: Socket): Connection['conversation'] {
    const maxMessageBytes = Math.min(maxFrameBytes ?? Number.POSITIVE_INFINITY, this.#parts.maxMessageBytes);
    return 'converse' in dialect ? dialect.converse({ maxMessageBytes }) : dialect;
  }

  #paced(socket: Socket, { pace }: CommonDialect, memory: Admission['memory']): Socket {
    const { clock, sendBufferBytes } = this.#parts;
    return pace === 0 ? socket : new PacedSocket(socket, clock, { pace, maxBytes: sendBufferBytes, memory });
  }

  /** B3. Deferred, because it is called during an update of any account. */
  #exceeded({ connection, isEnding }: MemoryAccount, mustCut: boolean): void {
    const { connections, clock } = this.#parts;
    if (connection === undefined) return;
    if (isEnding) connections.mute(connection);
    clock.wakeAt(clock.now(), () => this.#freeMemory(connection, mustCut));
  }

  /** B3: closes a connection that exceeds the memory budget. @param mustCut ends the connection without a close frame. */
  #freeMemory(id: ConnectionId, mustCut: boolean): void {
    const { connections, performer, telemetry, turns, clock } = this.#parts;
    const connection = connections.find(id);
    if (connection === undefined) return;
    const { session } = connection;
    if (session?.state !== 'closing') telemetry.counter('memory_exceeded_total').add();
    turns.run(() => {
      if (session?.state !== 'open') return void connections.close(id, (encoder) => encoder.closeFrame('hoarding'));
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
    connections.close(id, (encoder) => encoder.closeFrame('fault'));
  }
}

/** M19: how long until the rate limiter of a connection has its full allowance again. */
function overdraftOf({ session }: Connection, now: Millis): Millis {
  return session === undefined ? 0 : timeUntilFull(session, now);
}
