import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { NodeBus, BusListener, BusMessage, BusPublication } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { decodeBusMessage, encodeBusMessage, type MessageFault } from '../shared/bus-messages.ts';
import { BROADCAST_SUBJECT } from './keys.ts';
import { PartAssembler, splitMessage } from './message-parts.ts';

/** What an engine that does not take it may leave behind; what is published beyond that is not told. */
const MAX_UNSENT_BYTES = 16 * 1024 * 1024;

export interface NatsBusOptions {
  readonly onFault: (fault: MessageFault) => void;
  readonly isReachable: () => boolean;
  readonly onClose: () => Promise<void>;
}

/** Words between nodes over core NATS, which tells each at most once. */
export class NatsNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #connection: NatsConnection;
  readonly #onFault: (fault: MessageFault) => void;
  readonly #isReachable: () => boolean;
  readonly #onClose: () => Promise<void>;
  #listener: BusListener | undefined;
  #subscription: Subscription | undefined;
  /** Bytes that the engine has not taken yet, as far as is known. */
  #unsentBytes = 0;
  #isFlushing = false;
  #isClosed = false;
  /** Words of this node so far. */
  #messageCount = 0;
  readonly #assembler = new PartAssembler();

  /**
   * @param parts.isReachable whether what the nodes share can be asked now.
   * @param parts.onClose ends the connection, when nothing is told any more.
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

  listen(ears: BusListener): void {
    this.#listener = ears;
    const options = { callback: (_error: unknown, { data }: { readonly data: Uint8Array }) => this.#receive(data) };
    this.#subscription = this.#connection.subscribe(BROADCAST_SUBJECT, options);
    this.#connection.flush().then(
      () => this.reportLoss(),
      () => undefined,
    );
  }

  broadcast(word: BusPublication): void {
    if (this.#isClosed || this.#connection.isClosed() || !this.isReachable || this.#unsentBytes > MAX_UNSENT_BYTES) return;
    const text = encodeBusMessage(this.#node, word);
    const mostBytes = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    for (const part of splitMessage(this.#node, ++this.#messageCount, text, mostBytes))
      {this.#connection.publish(BROADCAST_SUBJECT, part);}
    this.#unsentBytes += text.length;
    void this.#flush();
  }

  /** What the engine itself has told this node. */
  deliver(word: BusMessage): void {
    if (!this.#isClosed) this.#listener?.onMessage(word);
  }

  /** Words were lost, with the connection. */
  reportLoss(): void {
    if (!this.#isClosed) this.#listener?.onMessagesLost();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscription?.unsubscribe();
    await this.#onClose();
  }

  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (this.#unsentBytes > 0) {
      const leaving = this.#unsentBytes;
      // A connection that is lost has taken what was told with it.
      await this.#connection.flush().catch(() => undefined);
      this.#unsentBytes -= leaving;
    }
    this.#isFlushing = false;
  }

  #receive(message: Uint8Array): void {
    if (this.#isClosed) return;
    const text = this.#assembler.add(message);
    if (text === undefined) return;
    const said = decodeBusMessage(text);
    if ('why' in said) this.#onFault(said);
    else if (said.from !== this.#node) this.#listener?.onMessage(said.message);
  }
}
