import type { NodeBus, BusListener, BusMessage, BusPublication } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';

/** Brings words to the nodes of one process. */
export class MemoryBusNetwork {
  readonly #listeners = new Map<NodeId, BusListener>();

  /** The bus as one node has it. */
  busOf(node: NodeId): NodeBus {
    return new MemoryNodeBus(node, this.#listeners);
  }

  /** What directory and mailbox store have to say to a node. */
  send(node: NodeId, word: BusMessage): void {
    queueMicrotask(() => this.#listeners.get(node)?.onMessage(word));
  }
}

/** A bus for the nodes of one process: a broker alone, or several that a test has built. */
class MemoryNodeBus implements NodeBus {
  readonly isReachable = true;
  readonly #node: NodeId;
  readonly #listeners: Map<NodeId, BusListener>;

  constructor(node: NodeId, all: Map<NodeId, BusListener>) {
    this.#node = node;
    this.#listeners = all;
  }

  listen(ears: BusListener): void {
    this.#listeners.set(this.#node, ears);
  }

  broadcast(word: BusPublication): void {
    const copy = copyPublication(word);
    for (const node of this.#listeners.keys()) {
      if (node !== this.#node) queueMicrotask(() => this.#listeners.get(node)?.onMessage(copy));
    }
  }

  close(): Promise<void> {
    this.#listeners.delete(this.#node);
    return Promise.resolve();
  }
}

/** The payload is borrowed. */
function copyPublication(word: BusPublication): BusPublication {
  const { publication } = word;
  return { ...word, publication: { ...publication, payload: new Uint8Array(publication.payload) } };
}
