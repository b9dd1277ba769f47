import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

type Next = (error?: unknown) => void;
type Serve = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

/** A request handler that emits events, and that Express mounts as it mounts an app of its own. */
export type MountableHandler<Events extends Record<keyof Events, unknown[]>> = Serve & EventEmitter<Events>;

/** What Express (4 and 5) looks for, and leaves, on an app that it mounts. */
interface Mounted {
  mountpath?: string | readonly string[];
  parent?: { path?: () => string };
}

/**
 * Makes `serve` a handler that Express tells where it is mounted: `mountPath()` then gives that
 * path without a slash at its end, and '' for a handler that is not mounted.
 */
export function mountableHandler<Events extends Record<keyof Events, unknown[]>>(
  serve: Serve,
): { readonly handler: MountableHandler<Events>; readonly mountPath: () => string } {
  const handler: Serve & Mounted = (request, response, next) => serve(request, response, next);
  // A function that is an emitter too: the methods of one, and what its constructor sets up.
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(EventEmitter.prototype);
  Object.defineProperties(handler, methods);
  (EventEmitter as unknown as () => void).call(handler);
  // Express mounts as an app what has `handle` and `set`; anything else is not told its path.
  Object.assign(handler, { handle: serve, set: () => handler });

  const mountPath = (): string => {
    const { mountpath, parent } = handler;
    const own = typeof mountpath === 'string' ? mountpath : (mountpath?.[0] ?? '');
    return `${parent?.path?.() ?? ''}${own}`.replace(/\/+$/, '');
  };
  return { handler: handler as unknown as MountableHandler<Events>, mountPath };
}
