import type { Duplex } from 'node:stream';
import { TASK_COST, type TurnTasks } from '../shared/turn-tasks.ts';

type Destroy = Duplex['_destroy'];

/**
 * M23: the ends of TCP connections. Thousands of connections that are reset at once are closed in several turns of the event
 * loop, because a close takes as long as all other work for the end of a connection.
 */
export class PacedEnds {
  /** One function for all streams. */
  readonly #destroy: Destroy;

  constructor(tasks: TurnTasks) {
    this.#destroy = function destroyInTurn(this: Duplex, error, callback): void {
      const destroy = (): void => (Object.getPrototypeOf(this) as Duplex)._destroy.call(this, error, callback);
      if (tasks.admits(TASK_COST.socket)) return destroy();
      // The stream counts as destroyed from here on, but would still be read.
      this.pause();
      tasks.defer(TASK_COST.socket, destroy);
    };
  }

  /** @param stream whose input is of no use after `destroy`. */
  add(stream: Duplex): void {
    // As the option `destroy` of a stream does.
    stream._destroy = this.#destroy;
  }
}
