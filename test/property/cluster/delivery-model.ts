import type { ClientSocket, PeerName, Person } from './client-socket.ts';
import type { SignalMessage } from '../../../src/domain/message.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Effect } from './engine-state.ts';
import { NoticeCount } from './notice-count.ts';
import type { SimulatedNode } from './simulated-node.ts';

interface SentMessage {
  readonly n: number;
  readonly from: Person;
  readonly to: PeerName;
  /** The socket on which the message was sent; `isEarly` if that was before OPEN. */
  readonly on: ClientSocket;
  readonly isEarly: boolean;
  readonly sentAt: Millis;
  /** The connected addressee, if no fault excuses that the message is not delivered. */
  addressee: ClientSocket | undefined;
  /** Whether the id belonged to another token when the message was sent, and the node had to know. */
  isForbidden: boolean;
  /** The same, also if the node could not know. Such a node must not send to other nodes. */
  isForbiddenElsewhere: boolean;
  /** Whether the message must be delivered or its sender notified: the sender stayed connected, and its node alive. */
  isTracked: boolean;
  /** Whether the sender later received EXPIRE or LEAVE for the addressee. */
  isReported: boolean;
  /** Whether the node has read the frame. */
  isRead: boolean;
  /** Whether the engine has lost the collection of the message, so it may be delivered again, after later ones. */
  mayRepeat: boolean;
  /** Whether a claim of the sender is lost or unknown: its previous owner may send this message after later ones. */
  mayFollow: boolean;
}

/** A message between connected peers is delivered in this time, with any delays. Later events excuse nothing. */
const MAX_DELIVERY_MS = 1_000;
/** After this time without faults of links, no message is under way on them. */
const LINK_MS = 4_000;
/** After the engine has lost its data, the nodes claim their ids again in this time. */
const CLAIM_MS = 1_000;

/** Checks all received frames against the guarantees of a cluster. */
export class DeliveryModel {
  readonly #now: () => Millis;
  readonly #messages: SentMessage[] = [];
  readonly #delivered = new Set<number>();
  /** The last message of each sender on each socket. */
  readonly #last = new Map<ClientSocket, Map<Person, SentMessage>>();
  readonly #notices = new NoticeCount();
  /** When the engine last lost its data. Notices may be lost until the nodes have claimed their ids again. */
  #forgottenAt: Millis = Number.NEGATIVE_INFINITY;

  /** Until then, messages may use links that have faults. */
  #linksFaultyUntil: Millis = Number.NEGATIVE_INFINITY;

  /** @param now time of the simulation. */
  constructor(now: () => Millis) {
    this.#now = now;
  }

  /** Number of sent messages. */
  get count(): number {
    return this.#messages.length;
  }

  /** @param addressee the socket that must receive the message, unless a fault follows. */
  send(on: ClientSocket, to: PeerName, addressee: ClientSocket | undefined): void {
    const n = this.#messages.length;
    const message = {
      ...{
        n,
        from: on.person,
        to,
        on,
        isEarly: !on.isOpen,
        isTracked: !on.node.mayLoseNotices && this.#now() - this.#forgottenAt > CLAIM_MS,
        isReported: false,
        isRead: false,
        mayRepeat: false,
        mayFollow: false,
        sentAt: this.#now(),
      },
      addressee: this.#now() < this.#linksFaultyUntil ? undefined : addressee,
      isForbidden: on.staleFrom <= n && !on.node.isServingAlone,
      isForbiddenElsewhere: on.staleFrom <= n,
    };
    this.#messages.push(message);
    this.#notices.sent(on.person, to);
    if (this.#now() < this.#linksFaultyUntil) this.#notices.excuse(on.person.name, to);
    on.send(JSON.stringify({ type: 'OFFER', dst: to, payload: n }), () => (message.isRead = true));
  }

  /** A fault has occurred on a node. */
  faulted(node: SimulatedNode): void {
    for (const message of this.#young()) {
      if (message.on.node === node || message.addressee?.node === node) message.addressee = undefined;
    }
  }

  /** Messages on links may be delivered and reported. @param lasts whether the fault lasts until the next call. */
  linkFault(lasts: boolean): void {
    if (this.#now() >= this.#linksFaultyUntil) {
      for (const { from, to, sentAt } of this.#messages) {
        if (sentAt >= this.#now() - LINK_MS) this.#notices.excuse(from.name, to);
      }
    }
    this.#linksFaultyUntil = lasts ? Number.POSITIVE_INFINITY : this.#now() + LINK_MS;
  }

  /** A peer connects or disconnects, so a notice may take the place of a delivery. */
  moved(name: string): void {
    for (const message of this.#young()) if (message.from.name === name || message.to === name) message.addressee = undefined;
  }

  /** A disconnected peer may miss the notices about its messages. */
  untrack(person: Person): void {
    for (const message of this.#messages) if (message.from === person) message.isTracked = false;
  }

  /** Messages that a killed node had taken or read are lost without a notice. */
  untrackAll(): void {
    for (const message of this.#messages) message.isTracked = false;
  }

  /** The engine has lost its data: waiting messages are lost, and messages in flight may be delivered and reported. */
  forgotten(): void {
    this.#forgottenAt = this.#now();
    this.untrackAll();
    for (const message of this.#messages) {
      message.addressee = undefined;
      message.mayFollow = true;
      allow(message);
    }
    this.#notices.excuseAll();
  }

  /** An old claim of the id is not known any more: its messages, and those to it, may be delivered and reported. */
  claimDropped(name: string): void {
    this.#notices.excuseAllOf(name);
    for (const message of this.#messages) if (message.from.name === name) message.mayFollow = true;
    this.mayRegain(name);
  }

  /** The id may belong to a former owner again. @param sockets of that owner; any if undefined. */
  mayRegain(name: string, sockets?: ReadonlySet<ClientSocket>): void {
    for (const message of this.#messages) {
      if (message.from.name === name && sockets?.has(message.on) !== false) allow(message);
    }
  }

  /** The engine has lost writes that it had confirmed. */
  lostWrite(effect: Effect): void {
    if (effect.type === 'put') return this.#lostMessage(effect.message);
    if (effect.type === 'taken') for (const message of effect.messages) this.#mayRepeat(message);
    if (effect.type === 'expired') for (const { from, to } of effect.pairs) this.#notices.excuse(from, to);
    if (effect.type === 'owner') {
      this.#claimLost(effect.id);
    }
  }

  /** O5: frames that the node has not read from a superseded socket are dropped. */
  untrackUnread(person: Person): void {
    for (const message of this.#messages) if (message.from === person && !message.isRead) message.isTracked = false;
  }

  /** O4, O6: frames of a client that is never registered are dropped. */
  untrackRefused(socket: ClientSocket): void {
    for (const message of this.#messages) if (message.on === socket) message.isTracked = false;
  }

  /** Checks a frame. */
  receive(socket: ClientSocket, { type, src, dst, payload }: Record<string, unknown>): void {
    const { name } = socket.person;
    if (type === 'EXPIRE' || type === 'LEAVE') return this.#reported(socket, String(src));
    if (type !== 'OFFER') return;
    const message = this.#messages[Number(payload)];
    if (message === undefined) throw new Error(`${name} received a message that was not sent: ${String(payload)}`);
    const { n, from, to } = message;
    if (src !== from.name || dst !== to || name !== to) {
      throw new Error(`${name} received ${String(src)} to ${String(dst)}, sent by ${from.name} to ${to}`);
    }
    if (this.#delivered.has(n) && !message.mayRepeat) throw new Error(`${name} received message ${n} twice`);
    if (!this.#delivered.has(n)) this.#notices.delivered(from, name);
    this.#delivered.add(n);
    const isElsewhere = message.on.node !== socket.node;
    if (message.isForbidden || (isElsewhere && message.isForbiddenElsewhere)) {
      throw new Error(`${name} received message ${n} of ${from.name} from a socket that had lost the id`);
    }
    if (socket.staleFrom <= n && (isElsewhere || !socket.node.isServingAlone)) {
      throw new Error(`message ${n} was delivered to a socket that had lost the id ${name}`);
    }
    const last = this.#last.get(socket) ?? new Map<Person, SentMessage>();
    this.#last.set(socket, last);
    const before = last.get(from);
    // O14: frames sent before OPEN are processed after it, and the socket that was opened first may become the peer's last one.
    // A previous owner of an id sends what has waited for its engine, after the messages of the owner whose claim was lost.
    const mayFollow = (message.isEarly || message.mayFollow) && message.on !== before?.on;
    const isOrdered = before === undefined || n > before.n || mayFollow;
    if (message.mayRepeat && !isOrdered) return;
    if (!isOrdered) throw new Error(`${name} received message ${n} of ${from.name} after a later one`);
    last.set(from, message);
  }

  /** @returns the messages that were neither delivered nor, if a fault or an absence excuses it, reported. */
  lost(): string[] {
    const lost = this.#messages.filter(({ n, addressee, isTracked, isReported }) => {
      return !this.#delivered.has(n) && (addressee !== undefined || (isTracked && !isReported));
    });
    return lost.map(({ n, from: sender, to }) => `${n} (${sender.token} to ${to})`);
  }

  /** M15: only the token that sent a message receives the notice about it. */
  #reported({ person }: ClientSocket, about: string): void {
    const messages = this.#messages.filter(({ from, to }) => from === person && to === about);
    if (messages.length === 0) throw new Error(`${person.token} received a notice about ${about} without a message`);
    for (const message of messages) message.isReported = true;
    this.#notices.reported(person, about);
  }

  /** Messages that may still be on their way. */
  #young(): readonly SentMessage[] {
    const since = this.#now() - MAX_DELIVERY_MS;
    return this.#messages.filter(({ sentAt }) => sentAt >= since);
  }

  /** A former owner of the id may be the owner again. */
  #claimLost(id: string): void {
    for (const message of this.#messages) {
      if (message.from.name !== id) continue;
      message.isTracked = false;
      message.mayFollow = true;
    }
    this.mayRegain(id);
    this.moved(id);
  }

  #lostMessage({ kind, from, to, payload }: SignalMessage): void {
    const message = kind === 'offer' ? this.#messages[numberIn(payload)] : undefined;
    if (message !== undefined) {
      message.isTracked = false;
      message.addressee = undefined;
      return;
    }
    for (const other of this.#messages) if (other.from.name === to && other.to === from) other.isTracked = false;
  }

  #mayRepeat({ kind, from, to, payload }: SignalMessage): void {
    const message = kind === 'offer' ? this.#messages[numberIn(payload)] : undefined;
    if (message !== undefined) message.mayRepeat = true;
    this.#notices.excuse(kind === 'offer' ? from : to, kind === 'offer' ? to : from);
  }
}

function allow(message: SentMessage): void {
  message.isForbidden = false;
  message.isForbiddenElsewhere = false;
}

function numberIn(payload: Uint8Array | undefined): number {
  return Number(new TextDecoder().decode(payload));
}
