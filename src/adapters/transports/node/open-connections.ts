/** A connection that can be terminated without a close frame. */
export interface Terminable {
  /** Its position in the list of open connections. Belongs to that list. */
  listPosition: number;
  terminate(): void;
}

/**
 * All connections that are not reported as closed yet. The order changes. A `Set` is no replacement: its former tables, of which
 * it needs a new one after some additions, keep closed connections alive until a full garbage collection.
 */
export class OpenConnections {
  readonly #connections: Terminable[] = [];
  #whenEmpty: (() => void) | undefined;

  add(end: Terminable): void {
    end.listPosition = this.#connections.push(end) - 1;
  }

  /** The connection was reported as closed. Repeated calls are harmless. */
  delete(end: Terminable): void {
    const connections = this.#connections;
    if (connections[end.listPosition] === end) {
      const last = connections.pop() as Terminable;
      if (last !== end) {
        connections[end.listPosition] = last;
        last.listPosition = end.listPosition;
      }
    }
    if (connections.length === 0) this.#whenEmpty?.();
  }

  /** Terminates all open connections, and resolves when each was reported as closed. */
  async terminateAll(): Promise<void> {
    // A termination may remove a connection from the list.
    for (const end of [...this.#connections]) end.terminate();
    if (this.#connections.length === 0) return;
    await new Promise<void>((resolve) => {
      const earlier = this.#whenEmpty;
      this.#whenEmpty = () => {
        earlier?.();
        resolve();
      };
    });
  }
}
