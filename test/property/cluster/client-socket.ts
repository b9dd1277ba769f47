import type { MemoryClient } from '../../../src/adapters/transports/memory/listener.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { SimulatedNode } from './simulated-node.ts';

export const PEERS = ['ann', 'bob', 'cem', 'eve'] as const;
export type PeerName = (typeof PEERS)[number];

/** O5. */
const SUPERSEDED_CODE = 4001;

/** A client: the owner of an id, or a thief, who claims the same id with another token. */
export interface Person {
  readonly name: PeerName;
  readonly token: string;
}

export const OWNERS: readonly Person[] = PEERS.map((name) => ({ name, token: `token of ${name}` }));
export const THIEVES: readonly Person[] = PEERS.map((name) => ({ name, token: `token of the thief of ${name}` }));
export const PERSONS: readonly Person[] = [...OWNERS, ...THIEVES];

/** A socket of a person. Input for a suspended node waits. */
export class ClientSocket {
  readonly person: Person;
  readonly node: SimulatedNode;
  readonly connectedAt: Millis;
  /** Time of OPEN. */
  openedAt: Millis | undefined;
  /** Whether the node had no fault until OPEN, so that the sockets of a peer have the order of their claims. */
  isOpenedInOrder = false;
  /** Number of the messages that had been sent when another token received OPEN for the same id. */
  staleFrom = Number.POSITIVE_INFINITY;
  #client: MemoryClient | undefined;
  #hasLeft = false;
  #read = 0;

  constructor(person: Person, node: SimulatedNode, now: Millis) {
    this.person = person;
    this.node = node;
    this.connectedAt = now;
    const query = new URLSearchParams({ key: node.realm, id: person.name, token: person.token }).toString();
    node.process.run(this, () => (this.#client = node.transport.connect({ path: '/peerjs', query })));
  }

  /** Whether the client can send. */
  get isUp(): boolean {
    return !this.#hasLeft && this.#client?.state === 'open';
  }

  /** Whether the client is registered, and connected as far as it knows. */
  get isOpen(): boolean {
    return this.isUp && this.openedAt !== undefined;
  }

  /** Whether the broker has closed or refused the connection. */
  get isClosed(): boolean {
    return this.#client?.closed !== undefined || this.#client?.state === 'refused';
  }

  /** Whether the broker has refused to register the client. */
  get isRefused(): boolean {
    return this.isClosed && this.openedAt === undefined && this.#client?.closed?.code !== SUPERSEDED_CODE;
  }

  /** Whether the broker has closed the connection, and the client had not left. */
  get isClosedByBroker(): boolean {
    return !this.#hasLeft && this.isClosed;
  }

  /** Whether the connection has ended for the broker or for the client. */
  get isOver(): boolean {
    return this.#hasLeft || this.isClosed;
  }

  /** @param onRead called when the node reads the frame. */
  send(text: string, onRead: () => void): void {
    this.node.process.run(this, () => {
      onRead();
      this.#client?.send(text);
    });
  }

  disconnect(how: 'close' | 'cut'): void {
    if (this.#hasLeft) return;
    this.#hasLeft = true;
    this.node.process.run(this, () => this.#client?.[how]());
  }

  /** The node was killed. */
  killed(): void {
    this.#hasLeft = true;
    this.#client?.cut();
  }

  /** @returns the frames that were not returned yet. */
  readFrames(): readonly string[] {
    const received = this.#client?.received ?? [];
    if (received.length === this.#read) return [];
    const frames = received.slice(this.#read);
    this.#read = received.length;
    return frames;
  }
}
