import type { ConnectionId } from '../domain/ids.ts';
import { impossible, invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Session } from '../domain/session.ts';
import type { Millis } from '../domain/time.ts';
import type { Connections } from './connections.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { HttpDesk } from './http-desk.ts';
import type { Performer } from './perform.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';
import type { Exchange, HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import type { MessageTap } from './ports/message-tap.ts';
import type { FrameRequest } from './ports/requests.ts';
import type { Socket } from './ports/socket.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Admission, Gateway, UpgradeAnswer } from './ports/transport.ts';
import type { Turns } from './turns.ts';
import type { HearPeer } from './use-cases/hear-peer.ts';
import type { LeaveRealm } from './use-cases/leave-realm.ts';
import type { RegisterPeer } from './use-cases/register-peer.ts';
import type { RelayMessage } from './use-cases/relay-message.ts';

export interface GatewayParts {
  readonly dialects: readonly Dialect[];
  readonly connections: Connections;
  readonly doorkeeper: Doorkeeper;
  readonly httpDesk: HttpDesk;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly tap: MessageTap;
  readonly registerPeer: RegisterPeer;
  readonly hearPeer: HearPeer;
  readonly relayMessage: RelayMessage;
  readonly leaveRealm: LeaveRealm;
}

const FAULT: HttpResponse = {
  status: 500,
  headers: [['content-type', 'text/plain; charset=utf-8']],
  body: 'Internal Server Error',
};

/**
 * From what a transport reports to the use-cases. The one catch of this edge: what goes wrong in
 * here is logged, ends the connection that it came from, and nobody else notices (promise 6).
 */
export class BrokerGateway implements Gateway {
  readonly #parts: GatewayParts;
  readonly #dialects: ReadonlyMap<string, Dialect>;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#dialects = new Map(parts.dialects.map((dialect) => [dialect.name, dialect]));
  }

  http(exchange: Exchange): void {
    const { httpDesk, log } = this.#parts;
    try {
      exchange.answer(httpDesk.answer(exchange.request));
    } catch (error) {
      log.record({ event: 'fault', error, connection: undefined });
      exchange.answer(FAULT);
    }
  }

  upgrade(request: HttpRequest): UpgradeAnswer {
    try {
      return this.#parts.doorkeeper.ask(request);
    } catch (error) {
      this.#parts.log.record({ event: 'fault', error, connection: undefined });
      return { accept: false, response: FAULT };
    }
  }

  abandoned(admission: Admission): void {
    this.#parts.doorkeeper.left(admission.address);
  }

  opened(socket: Socket, admission: Admission): ConnectionId {
    const { connections, turns, registerPeer } = this.#parts;
    const dialect = this.#dialects.get(admission.dialect);
    invariant(dialect !== undefined, 'a transport hands back the admission that it was given');
    const id = connections.open({ socket, dialect, address: admission.address, session: undefined, pausedUntil: 0 });
    turns.begin();
    try {
      registerPeer(id, dialect.credentials(admission.query));
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    return id;
  }

  frame(id: ConnectionId, bytes: Uint8Array, isBinary: boolean): void {
    const { connections, telemetry, turns, clock } = this.#parts;
    const connection = connections.find(id);
    const session = connection?.session;
    if (connection === undefined || session?.state !== 'open') return telemetry.count('ignored:session-not-open');
    turns.begin();
    try {
      this.#hear(session, connection.dialect.decode(bytes, isBinary), clock.now());
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

  closed(id: ConnectionId): void {
    const { connections, doorkeeper, turns, leaveRealm } = this.#parts;
    const connection = connections.drop(id);
    if (connection === undefined) return;
    turns.begin();
    try {
      if (connection.session !== undefined) leaveRealm.byLoss(connection.session);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    doorkeeper.left(connection.address);
  }

  #hear(session: Session, request: FrameRequest, now: Millis): void {
    const { hearPeer, relayMessage, leaveRealm, performer, telemetry, tap } = this.#parts;
    if (!hearPeer(session, now)) return;
    if (tap.isOpen) tap.heard(session, request);
    switch (request.ask) {
      case 'relay':
        return relayMessage(session, request, now);
      case 'stay':
        return;
      case 'leave':
        return leaveRealm.byWord(session);
      case 'nothing':
        return telemetry.count(`ignored:${request.why}`);
      case 'unreadable':
        return performer.perform(session.realm, session.realm.malformed(session, now), now);
      default:
        return impossible(request);
    }
  }

  #fault(id: ConnectionId, error: unknown): void {
    const { connections, log, performer, clock } = this.#parts;
    log.record({ event: 'fault', error, connection: id });
    const session = connections.find(id)?.session;
    if (session?.state === 'open') return performer.perform(session.realm, session.realm.faulted(session), clock.now());
    connections.part(id, (dialect) => dialect.farewell('fault'));
  }
}
