import type { Millis } from '../../../src/domain/time.ts';
import type { SimulatedNode } from './simulated-node.ts';
import { OWNERS, type ClientSocket, type PeerName, type Person } from './client-socket.ts';

/** Without faults, the old socket of a peer is closed in this time. */
const SUPERSEDE_MS = 500;

/** All sockets that were opened in a simulation. */
export class ClientSockets {
  readonly all: ClientSocket[] = [];
  /** Sockets whose end was not taken yet; see `takeClosed`. */
  #connected: ClientSocket[] = [];
  /** The last socket of each person. */
  readonly current = new Map<Person, ClientSocket>();
  /** Whether the engine has lost confirmed writes, and kept older ones. */
  hasLostWrites = false;
  /** When the engine last lost all its data. */
  forgottenAt: Millis | undefined;
  #losses = 0;

  /** The engine has lost all its data, so any socket may own its id again. */
  forgotten(now: Millis): void {
    this.forgottenAt = now;
    this.#losses += 1;
    for (const socket of this.all) socket.staleFrom = Number.POSITIVE_INFINITY;
  }

  add(socket: ClientSocket): void {
    this.all.push(socket);
    this.#connected.push(socket);
    this.current.set(socket.person, socket);
  }

  /** Sockets that may have received frames since the last `takeClosed`. */
  get connected(): readonly ClientSocket[] {
    return this.#connected;
  }

  /** @returns each socket once, after the broker has closed or refused it. */
  takeClosed(): readonly ClientSocket[] {
    const closed = this.#connected.filter(({ isClosed }) => isClosed);
    if (closed.length > 0) this.#connected = this.#connected.filter(({ isClosed }) => !isClosed);
    return closed;
  }

  /** All sockets to a node, also closed ones. */
  on(node: SimulatedNode): ClientSocket[] {
    return this.all.filter((socket) => socket.node === node);
  }

  /** The only socket of an id, open for some time on a node without faults. A later socket may have its claim, even if closed. */
  settled(name: PeerName, now: Millis): ClientSocket | undefined {
    const [socket, other] = this.#connected.filter(({ person, isOver }) => person.name === name && !isOver);
    if (socket?.openedAt === undefined || other !== undefined) return undefined;
    const isSettled = now - socket.openedAt > SUPERSEDE_MS && socket.node.isHealthySince(socket.connectedAt);
    return isSettled && !this.#hasRecent(name, now) ? socket : undefined;
  }

  /** Whether a socket of the id was connected a short time ago. */
  #hasRecent(name: PeerName, now: Millis): boolean {
    for (let n = this.all.length - 1; n >= 0; n--) {
      const socket = this.all[n];
      if (socket === undefined || now - socket.connectedAt > SUPERSEDE_MS) return false;
      const isRejected = socket.isRefused && socket.isClosedByBroker;
      if (socket.person.name === name && !isRejected) return true;
    }
    return false;
  }

  /**
   * An id has one owner: from now on, sockets of another token must not send as this id. A node without the engine may send
   * OPEN after the id was claimed elsewhere.
   * @param count of the messages that were sent before.
   */
  opened(socket: ClientSocket, now: Millis, count: number): void {
    socket.openedAt = now;
    socket.isOpenedInOrder = socket.node.isHealthySince(socket.connectedAt);
    if (!socket.isOpenedInOrder) return;
    for (const other of this.all) {
      const { name, token } = other.person;
      if (name !== socket.person.name || token === socket.person.token || !other.isOpen) continue;
      other.staleFrom = Math.min(other.staleFrom, count);
    }
  }

  /** O5: without faults, the old socket of a peer is closed as soon as the notification arrives. */
  checkSuperseded(now: Millis): void {
    for (const { name } of OWNERS) {
      const sockets = this.#connected.filter(({ person }) => person.name === name);
      if (sockets.length < 2) continue;
      const open = sockets.filter(({ isOpen, connectedAt, openedAt, node }) => {
        const isOld = openedAt !== undefined && now - openedAt > SUPERSEDE_MS;
        return isOpen && isOld && node.isHealthySince(connectedAt);
      });
      const since = Math.min(...open.map(({ connectedAt }) => connectedAt));
      if (open.length > 1 && open.every(({ node }) => node.isHealthySince(since))) throw new Error(`${name} keeps two sockets`);
    }
  }

  /** Sockets of an id that were connected before may own it again. */
  mayRegain(name: string, before: Millis): void {
    for (const socket of this.all) {
      if (socket.person.name === name && socket.connectedAt < before) socket.staleFrom = Number.POSITIVE_INFINITY;
    }
  }

  /**
   * O5: the last socket of a token has left, so the id is free. A broker that could not close a socket of the other token,
   * because it was cut off, may claim the id for it again. @returns the sockets that may own the id again.
   */
  released({ name, token }: Person): ReadonlySet<ClientSocket> {
    const ofName = this.all.filter(({ person }) => person.name === name);
    if (ofName.some(({ person, isOver }) => person.token === token && !isOver)) return new Set();
    const regaining = ofName.filter(({ person, node, connectedAt }) => {
      return person.token !== token && !node.isHealthySince(connectedAt);
    });
    for (const socket of regaining) socket.staleFrom = Number.POSITIVE_INFINITY;
    return new Set(regaining);
  }

  /**
   * O5: the last socket of a peer keeps the id, unless a thief has claimed it, or its claim is a lost write. Claims from before
   * and after a loss of all data have no order, so another loss may leave the id with either.
   */
  checkLatestIsOpen(): void {
    if (this.hasLostWrites || this.#losses > 1) return;
    for (const owner of OWNERS) {
      const sockets = this.all.filter(({ person, openedAt }) => person.name === owner.name && openedAt !== undefined);
      if (sockets.some(({ person }) => person !== owner)) continue;
      const last = sockets.reduce((one, other) => (openingOf(other) > openingOf(one) ? other : one), sockets[0]);
      const open = sockets.find(({ isOpen }) => isOpen);
      if (last === undefined || open === undefined || !last.isOpenedInOrder || !last.isClosedByBroker) continue;
      if (this.#losses > 0 && this.#wasSupersededBeforeOpen(last)) continue;
      if (openingOf(last) > openingOf(open) + SUPERSEDE_MS) throw new Error(`${owner.name} keeps an earlier socket`);
    }
  }

  /** A later socket has claimed the id, and has ended before its OPEN. An engine without data no longer knows either claim. */
  #wasSupersededBeforeOpen({ person, connectedAt }: ClientSocket): boolean {
    return this.all.some((other) => other.person === person && other.openedAt === undefined && other.connectedAt >= connectedAt);
  }

  /** Each peer must have one open socket. */
  checkOneOfEach(): void {
    for (const { name } of OWNERS) {
      const open = this.all.filter((socket) => socket.person.name === name && socket.isOpen);
      if (open.length !== 1) throw new Error(`${name} has ${open.length} open sockets`);
    }
  }
}

function openingOf(socket: ClientSocket | undefined): Millis {
  return socket?.openedAt ?? Number.NEGATIVE_INFINITY;
}
