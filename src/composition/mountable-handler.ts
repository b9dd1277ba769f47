import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

type Next = (error?: unknown) => void;
type Serve = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

/** A request handler that emits events, and that Express mounts like an app. */
export type MountableHandler<Events extends Record<keyof Events, unknown[]>> = Serve & EventEmitter<Events>;

/** Properties that Express 4 and 5 set on a mounted app. */
interface Mounted {
  mountpath?: string | readonly string[];
  parent?: { path?: () => string };
}

/**
 * Makes `serve` a handler that Express can mount. `mountPath()` is the path of the mount without a slash at its end, and ''
 * for a handler that is not mounted.
 */
export function mountableHandler<Events extends Record<keyof Events, unknown[]>>(
  serve: Serve,
): { readonly handler: MountableHandler<Events>; readonly mountPath: () => string } {
  const handler: Serve & Mounted = (request, response, next) => serve(request, response, next);
  // Makes the function an EventEmitter: its methods, and the state that its constructor sets.
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(EventEmitter.prototype);
  Object.defineProperties(handler, methods);
  (EventEmitter as unknown as () => void).call(handler);
  // Express passes the mount path only to an app, which it recognizes by `handle` and `set`.
  Object.assign(handler, { handle: serve, set: () => handler });

  const mountPath = (): string => {
    const { mountpath, parent } = handler;
    const own = typeof mountpath === 'string' ? mountpath : (mountpath?.[0] ?? '');
    return `${parent?.path?.() ?? ''}${own}`.replace(/\/+$/, '');
  };
  return { handler: handler as unknown as MountableHandler<Events>, mountPath };
}
