import type { Duplex } from 'node:stream';
import { TASK_COST, type TurnTasks } from '../shared/turn-tasks.ts';
import { isPlain } from './shared-reads.ts';

type Destroy = Duplex['_destroy'];

/** Undocumented field of a socket. Without it, connections are closed at once. */
interface SocketFields {
  readonly _handle?: { readonly readStop?: () => void } | null;
}

/**
 * M23: the ends of TCP connections without TLS. Thousands of connections that are reset at once are closed in several turns of
 * the event loop, because a close takes as long as all other work for the end of a connection.
 */
export class PacedEnds {
  /** One function for all streams. */
  readonly #destroy: Destroy;

  constructor(tasks: TurnTasks) {
    this.#destroy = function destroyInTurn(this: Duplex, error, callback): void {
      const destroy = (): void => (Object.getPrototypeOf(this) as Duplex)._destroy.call(this, error, callback);
      const handle = (this as SocketFields)._handle;
      if (typeof handle?.readStop !== 'function' || tasks.admits(TASK_COST.socket)) return destroy();
      // A socket that counts as destroyed must not be read: Node throws for its input. `pause` no longer has an effect.
      handle.readStop();
      tasks.defer(TASK_COST.socket, destroy);
    };
  }

  add(stream: Duplex): void {
    // TLS passes on what it has decrypted, even if it is not read any more.
    if (!isPlain(stream)) return;
    // As the option `destroy` of a stream does.
    stream._destroy = this.#destroy;
  }
}
