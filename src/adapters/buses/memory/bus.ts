import type { NodeBus, BusListener, BusMessage, BusPublication, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';

/** Carries messages between the nodes of one process. */
export class MemoryBusNetwork {
  readonly #listeners = new Map<NodeId, BusListener>();

  /** The bus of one node. */
  busOf(node: NodeId): NodeBus {
    return new MemoryNodeBus(node, this.#listeners);
  }

  /** Sends a notification of the directory or the mailbox store to a node. */
  send(node: NodeId, word: BusMessage): void {
    queueMicrotask(() => this.#listeners.get(node)?.onMessage(word));
  }
}

/** A bus in memory: for a single broker, or for several in one test. */
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

  send(to: NodeId, message: NodeMessage): void {
    queueMicrotask(() => this.#listeners.get(to)?.onMessage(message));
  }

  close(): Promise<void> {
    this.#listeners.delete(this.#node);
    return Promise.resolve();
  }
}

/** Copies the payload, because it is borrowed. */
function copyPublication(word: BusPublication): BusPublication {
  const { publication } = word;
  return { ...word, publication: { ...publication, payload: new Uint8Array(publication.payload) } };
}
