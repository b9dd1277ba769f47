import type { ConnectionId } from '../domain/ids.ts';
import { invariant } from '../domain/invariant.ts';
import type { SignalMessage } from '../domain/message.ts';
import type { Carrier, Manner } from '../domain/session.ts';
import type { Connections } from './connections.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { Doorkeeper } from './doorkeeper.ts';
import type { HttpDesk } from './http-desk.ts';
import { PacedSocket } from './paced-socket.ts';
import type { Performer } from './perform.ts';
import type { Clock } from './ports/clock.ts';
import type { Dialect } from './ports/dialect.ts';
import type { Exchange, HttpRequest, HttpResponse } from './ports/http.ts';
import type { Log } from './ports/log.ts';
import type { Socket } from './ports/socket.ts';
import type { Telemetry } from './ports/telemetry.ts';
import type { Admission, ConnectionEnd, Gateway, UpgradeAnswer } from './ports/transport.ts';
import type { Turns } from './turns.ts';
import type { LeaveRealm } from './use-cases/leave-realm.ts';
import type { RegisterPeer } from './use-cases/register-peer.ts';

export interface GatewayParts {
  readonly dialects: readonly Dialect[];
  readonly connections: Connections;
  readonly doorkeeper: Doorkeeper;
  readonly httpDesk: HttpDesk;
  readonly dispatcher: Dispatcher;
  readonly performer: Performer;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly registerPeer: RegisterPeer;
  readonly leaveRealm: LeaveRealm;
  /** X2: what may wait for a paced stream, in bytes. */
  readonly sendBufferBytes: number;
}

/** A dialect, and how its connections are. */
interface Spoken {
  readonly dialect: Dialect;
  readonly manners: Readonly<Record<Carrier, Manner>>;
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
  readonly #spoken: ReadonlyMap<string, Spoken>;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#spoken = new Map(parts.dialects.map((dialect) => [dialect.name, { dialect, manners: mannersOf(dialect) }]));
  }

  http(exchange: Exchange): void {
    this.#parts.httpDesk.serve(exchange);
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

  opened(socket: Socket, { dialect: name, carrier, introduction, address }: Admission): ConnectionId {
    const { connections, turns, registerPeer } = this.#parts;
    const spoken = this.#spoken.get(name);
    invariant(spoken !== undefined, 'a transport hands back the admission that it was given');
    const { dialect, manners } = spoken;
    const id = connections.open({ socket: this.#paced(socket, dialect), dialect, address, session: undefined, pausedUntil: 0 });
    turns.begin();
    try {
      if (carrier === 'stream') connections.begin(id);
      registerPeer(id, introduction, manners[carrier]);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    return id;
  }

  frame(id: ConnectionId, bytes: Uint8Array, isBinary: boolean): void {
    const { connections, dispatcher, telemetry, turns, clock } = this.#parts;
    const connection = connections.find(id);
    const session = connection?.session;
    if (connection === undefined || session?.state !== 'open') return telemetry.count('ignored:session-not-open');
    turns.begin();
    try {
      dispatcher.dispatch(session, connection.dialect.decode(bytes, isBinary), clock.now());
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
  }

  alive(id: ConnectionId): void {
    const { connections, clock } = this.#parts;
    const session = connections.find(id)?.session;
    if (session?.state === 'open') session.realm.alive(session, clock.now());
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
    const { connections, doorkeeper, turns, leaveRealm } = this.#parts;
    const connection = connections.find(id);
    if (connection === undefined) return;
    if (connection.socket instanceof PacedSocket) for (const message of connection.socket.withdraw()) this.unsent(id, message);
    connections.drop(id);
    turns.begin();
    try {
      if (connection.session !== undefined) leaveRealm.byLoss(connection.session, end);
    } catch (error) {
      this.#fault(id, error);
    }
    turns.end();
    doorkeeper.left(connection.address);
  }

  #paced(socket: Socket, { pace }: Dialect): Socket {
    const { clock, sendBufferBytes } = this.#parts;
    return pace === 0 ? socket : new PacedSocket(socket, clock, { pace, room: sendBufferBytes });
  }

  #fault(id: ConnectionId, error: unknown): void {
    const { connections, log, performer, clock } = this.#parts;
    log.record({ event: 'fault', error, connection: id });
    const session = connections.find(id)?.session;
    if (session?.state === 'open') return performer.perform(session.realm, session.realm.faulted(session), clock.now());
    connections.part(id, (dialect) => dialect.farewell('fault'));
  }
}

function mannersOf({ liveness, space, remembers }: Dialect): Record<Carrier, Manner> {
  return {
    socket: { carrier: 'socket', liveness, space, remembers },
    stream: { carrier: 'stream', liveness: 'reads', space, remembers },
  };
}
