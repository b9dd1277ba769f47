import type { Redis } from 'ioredis';
import type { NodeBus, NodeEars, PublicationWord } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { readWord, writeWord, type WordFault } from '../shared/words.ts';
import { WORDS_FOR_ALL, wordsFor } from './keys.ts';
import type { RedisLink } from './link.ts';

/** Words between nodes over Redis' pub/sub, which tells each at most once. */
export class RedisNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #link: RedisLink;
  readonly #ears: Redis;
  readonly #onFault: (fault: WordFault) => void;

  /** @param ears a connection of its own: one that listens can't ask. */
  constructor(node: NodeId, link: RedisLink, ears: Redis, onFault: (fault: WordFault) => void) {
    this.#node = node;
    this.#link = link;
    this.#ears = ears;
    this.#onFault = onFault;
  }

  get isReached(): boolean {
    return this.#link.isReady;
  }

  listen({ heard, missed }: NodeEars): void {
    this.#ears.on('message', (_channel: string, text: string) => {
      const said = readWord(text);
      if ('why' in said) this.#onFault(said);
      else if (said.word.say !== 'publication' || said.from !== this.#node) heard(said.word);
    });
    // What was published before each subscription is lost.
    this.#ears.on('ready', () => this.#subscribe(missed));
    if (this.#ears.status === 'ready') this.#subscribe(missed);
  }

  tellOthers(word: PublicationWord): void {
    const given = [WORDS_FOR_ALL, writeWord(this.#node, word)];
    this.#link.ask(
      'tell',
      word.realm,
      given,
      () => undefined,
      () => undefined,
    );
  }

  close(): Promise<void> {
    this.#ears.disconnect();
    return this.#link.close();
  }

  #subscribe(then: () => void): void {
    this.#ears.subscribe(wordsFor(this.#node), WORDS_FOR_ALL).then(then, () => undefined);
  }
}
