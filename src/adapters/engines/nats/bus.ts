import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { NodeBus, BusListener, BusMessage, BusPublication, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { decodeBusMessage, encodeBusMessage, type MessageFault } from '../shared/bus-messages.ts';
import { BROADCAST_SUBJECT, nodeSubject } from './keys.ts';
import { PartAssembler, splitMessage } from './message-parts.ts';

/** Limit of bytes that the server has not accepted yet. Beyond it, publications are dropped. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

export interface NatsBusOptions {
  readonly onFault: (fault: MessageFault) => void;
  readonly isReachable: () => boolean;
  readonly onClose: () => Promise<void>;
}

/** Messages between nodes over core NATS. Each is delivered at most once. */
export class NatsNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #connection: NatsConnection;
  readonly #onFault: (fault: MessageFault) => void;
  readonly #isReachable: () => boolean;
  readonly #onClose: () => Promise<void>;
  #listener: BusListener | undefined;
  #subscriptions: readonly Subscription[] = [];
  /** Bytes that the server has not confirmed. */
  #unsentBytes = 0;
  #isFlushing = false;
  #isClosed = false;
  /** Messages that this node has published. */
  #messageCount = 0;
  readonly #assembler = new PartAssembler();

  /**
   * @param options.isReachable whether the engine is connected and its journals are read.
   * @param options.onClose closes the connection after the last message.
   */
  constructor(node: NodeId, connection: NatsConnection, { onFault, isReachable, onClose }: NatsBusOptions) {
    this.#node = node;
    this.#connection = connection;
    this.#onFault = onFault;
    this.#isReachable = isReachable;
    this.#onClose = onClose;
  }

  get isReachable(): boolean {
    return this.#isReachable();
  }

  listen(listener: BusListener): void {
    this.#listener = listener;
    const options = { callback: (_error: unknown, { data }: { readonly data: Uint8Array }) => this.#receive(data) };
    const subjects = [BROADCAST_SUBJECT, nodeSubject(this.#node)];
    this.#subscriptions = subjects.map((subject) => this.#connection.subscribe(subject, options));
    this.#connection.flush().then(
      () => this.reportLoss(),
      () => undefined,
    );
  }

  broadcast(word: BusPublication): void {
    this.#publish(BROADCAST_SUBJECT, word);
  }

  send(to: NodeId, message: NodeMessage): void {
    this.#publish(nodeSubject(to), message);
  }

  /** Delivers a notification that follows from the journal. */
  deliver(word: BusMessage): void {
    if (!this.#isClosed) this.#listener?.onMessage(word);
  }

  /** Messages may have been lost, with the connection. */
  reportLoss(): void {
    if (!this.#isClosed) this.#listener?.onMessagesLost();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#onClose();
  }

  #publish(subject: string, message: BusPublication | NodeMessage): void {
    if (this.#isClosed || this.#connection.isClosed() || !this.isReachable || this.#unsentBytes > MAX_UNSENT_BYTES) return;
    const text = encodeBusMessage(this.#node, message);
    const maxBytes = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    for (const part of splitMessage(this.#node, ++this.#messageCount, text, maxBytes)) {
      this.#connection.publish(subject, part);
      this.#unsentBytes += Buffer.byteLength(part);
    }
    void this.#flush();
  }

  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (this.#unsentBytes > 0) {
      const flushing = this.#unsentBytes;
      // On a lost connection, these bytes are lost.
      await this.#connection.flush().catch(() => undefined);
      this.#unsentBytes -= flushing;
    }
    this.#isFlushing = false;
  }

  #receive(message: Uint8Array): void {
    if (this.#isClosed) return;
    const text = this.#assembler.add(message);
    if (text === undefined) return;
    const decoded = decodeBusMessage(text);
    if ('why' in decoded) this.#onFault(decoded);
    else if (decoded.from !== this.#node) this.#listener?.onMessage(decoded.message);
  }
}
