import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { NodeBus, NodeEars, NodeWord, PublicationWord } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { readWord, writeWord, type WordFault } from '../shared/words.ts';
import { WORDS_FOR_ALL } from './keys.ts';
import { Parts, partsOf } from './parts.ts';

/** What an engine that does not take it may leave behind; what is published beyond that is not told. */
const MOST_BYTES = 16 * 1024 * 1024;

export interface NatsBusParts {
  readonly onFault: (fault: WordFault) => void;
  readonly isReached: () => boolean;
  readonly onClose: () => Promise<void>;
}

/** Words between nodes over core NATS, which tells each at most once. */
export class NatsNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #connection: NatsConnection;
  readonly #onFault: (fault: WordFault) => void;
  readonly #isReached: () => boolean;
  readonly #onClose: () => Promise<void>;
  #ears: NodeEars | undefined;
  #subscription: Subscription | undefined;
  /** Bytes that the engine has not taken yet, as far as is known. */
  #untaken = 0;
  #isFlushing = false;
  #isClosed = false;
  /** Words of this node so far. */
  #words = 0;
  readonly #parts = new Parts();

  /**
   * @param parts.isReached whether what the nodes share can be asked now.
   * @param parts.onClose ends the connection, when nothing is told any more.
   */
  constructor(node: NodeId, connection: NatsConnection, { onFault, isReached, onClose }: NatsBusParts) {
    this.#node = node;
    this.#connection = connection;
    this.#onFault = onFault;
    this.#isReached = isReached;
    this.#onClose = onClose;
  }

  get isReached(): boolean {
    return this.#isReached();
  }

  listen(ears: NodeEars): void {
    this.#ears = ears;
    const options = { callback: (_error: unknown, { data }: { readonly data: Uint8Array }) => this.#heard(data) };
    this.#subscription = this.#connection.subscribe(WORDS_FOR_ALL, options);
    this.#connection.flush().then(
      () => this.missed(),
      () => undefined,
    );
  }

  tellOthers(word: PublicationWord): void {
    if (this.#isClosed || this.#connection.isClosed() || !this.isReached || this.#untaken > MOST_BYTES) return;
    const text = writeWord(this.#node, word);
    const mostBytes = this.#connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
    for (const part of partsOf(this.#node, ++this.#words, text, mostBytes)) this.#connection.publish(WORDS_FOR_ALL, part);
    this.#untaken += text.length;
    void this.#flush();
  }

  /** What the engine itself has told this node. */
  overheard(word: NodeWord): void {
    if (!this.#isClosed) this.#ears?.heard(word);
  }

  /** Words were lost, with the connection. */
  missed(): void {
    if (!this.#isClosed) this.#ears?.missed();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#subscription?.unsubscribe();
    await this.#onClose();
  }

  async #flush(): Promise<void> {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    while (this.#untaken > 0) {
      const leaving = this.#untaken;
      // A connection that is lost has taken what was told with it.
      await this.#connection.flush().catch(() => undefined);
      this.#untaken -= leaving;
    }
    this.#isFlushing = false;
  }

  #heard(message: Uint8Array): void {
    if (this.#isClosed) return;
    const text = this.#parts.take(message);
    if (text === undefined) return;
    const said = readWord(text);
    if ('why' in said) this.#onFault(said);
    else if (said.from !== this.#node) this.#ears?.heard(said.word);
  }
}
