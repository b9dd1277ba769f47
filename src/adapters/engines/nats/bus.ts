import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import type { NodeBus, NodeEars, NodeWord } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { readWord, writeWord, type WordFault } from '../shared/words.ts';
import { WORDS_FOR_ALL, wordsFor } from './keys.ts';

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
  #subscriptions: Subscription[] = [];
  #isClosed = false;

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
    const options = { callback: (_error: unknown, told: { string(): string }) => this.#heard(told.string()) };
    this.#subscriptions = [wordsFor(this.#node), WORDS_FOR_ALL].map((subject) => this.#connection.subscribe(subject, options));
    this.#connection.flush().then(
      () => this.missed(),
      () => undefined,
    );
  }

  tell(node: NodeId, word: NodeWord): void {
    if (node !== this.#node) this.#publish(wordsFor(node), word);
  }

  tellOthers(word: NodeWord): void {
    this.#publish(WORDS_FOR_ALL, word);
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
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    await this.#onClose();
  }

  #publish(subject: string, word: NodeWord): void {
    if (!this.#isClosed && !this.#connection.isClosed()) this.#connection.publish(subject, writeWord(this.#node, word));
  }

  #heard(text: string): void {
    if (this.#isClosed) return;
    const said = readWord(text);
    if ('why' in said) this.#onFault(said);
    else if (said.from !== this.#node) this.#ears?.heard(said.word);
  }
}
