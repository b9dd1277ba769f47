import type { NodeBus, NodeEars, NodeWord, PublicationWord } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';

/** Brings words to the nodes of one process. */
export class MemoryBusLine {
  readonly #ears = new Map<NodeId, NodeEars>();

  /** The bus as one node has it. */
  at(node: NodeId): NodeBus {
    return new MemoryNodeBus(node, this.#ears);
  }

  /** What directory and mailbox store have to say to a node. */
  tell(node: NodeId, word: NodeWord): void {
    queueMicrotask(() => this.#ears.get(node)?.heard(word));
  }
}

/** A bus for the nodes of one process: a broker alone, or several that a test has built. */
class MemoryNodeBus implements NodeBus {
  readonly isReached = true;
  readonly #node: NodeId;
  readonly #all: Map<NodeId, NodeEars>;

  constructor(node: NodeId, all: Map<NodeId, NodeEars>) {
    this.#node = node;
    this.#all = all;
  }

  listen(ears: NodeEars): void {
    this.#all.set(this.#node, ears);
  }

  tellOthers(word: PublicationWord): void {
    const copy = keepWord(word);
    for (const node of this.#all.keys()) {
      if (node !== this.#node) queueMicrotask(() => this.#all.get(node)?.heard(copy));
    }
  }

  close(): Promise<void> {
    this.#all.delete(this.#node);
    return Promise.resolve();
  }
}

/** The payload is borrowed. */
function keepWord(word: PublicationWord): PublicationWord {
  const { publication } = word;
  return { ...word, publication: { ...publication, payload: new Uint8Array(publication.payload) } };
}
