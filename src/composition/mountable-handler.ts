import { EventEmitter } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExpressApp } from './installed-express.ts';

type Next = (error?: unknown) => void;
type Serve = (request: IncomingMessage, response: ServerResponse, next?: Next) => void;

/** A request handler that emits events, and that Express mounts like an app. */
export type MountableHandler<Events extends Record<keyof Events, unknown[]>> = Serve & EventEmitter<Events>;

/** Properties that Express 4 and 5 set on a mounted app. */
interface Mounted {
  mountpath?: string | RegExp | readonly (string | RegExp)[];
  parent?: Mounted;
}

/** Methods of an Express application that programs call on the result of the drop-in functions. */
const EXPRESS_METHODS = ['use', 'get', 'post', 'put', 'delete', 'all', 'set', 'enable', 'disable', 'engine', 'param', 'route'];

/**
 * Makes `serve` a handler that Express can mount. `mountPaths()` has the paths of the mount without a slash at their ends, and ''
 * for a handler that is not mounted.
 * @param express makes the handler an Express application, whose middleware and routes run before `serve`.
 */
export function mountableHandler<Events extends Record<keyof Events, unknown[]>>(
  serve: Serve,
  express?: () => ExpressApp,
): { readonly handler: MountableHandler<Events>; readonly mountPaths: () => readonly string[] } {
  const handler = (express === undefined ? plainHandler(serve) : expressHandler(serve, express())) as Serve & Mounted;
  return { handler: handler as unknown as MountableHandler<Events>, mountPaths: () => pathsOf(handler) };
}

function pathsOf({ mountpath = '', parent }: Mounted): string[] {
  // A pattern of paths stays a pattern, which equals no path.
  const own = [mountpath].flat().map((path) => (typeof path === 'string' ? path.replace(/\/+$/, '') : '/*'));
  return parent === undefined ? own : pathsOf(parent).flatMap((outer) => own.map((path) => `${outer}${path}`));
}

function expressHandler(serve: Serve, app: ExpressApp): Serve {
  app.disable('x-powered-by');
  const route = app.handle.bind(app);
  app.handle = (request, response, next) => {
    // Express replaces the prototype of a request, after which one of HTTP/2 has no socket.
    if (request.httpVersionMajor > 1) return serve(request, response, next);
    route(request, response, (error) => {
      if (error === undefined || error === null || error === 'router') return serve(request, response, next);
      if (next !== undefined) return next(error);
      answerFailure(response, error);
    });
  };
  return app;
}

/** As Express does if no handler for errors is left. The program has caused the error, so the client does not see its text. */
function answerFailure(response: ServerResponse, error: unknown): void {
  process.emitWarning(error instanceof Error ? error : String(error));
  if (response.headersSent) return void response.destroy();
  response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('Internal Server Error');
}

function plainHandler(serve: Serve): Serve {
  const handler: Serve = (request, response, next) => serve(request, response, next);
  // Makes the function an EventEmitter: its methods, and the state that its constructor sets.
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(EventEmitter.prototype);
  Object.defineProperties(handler, methods);
  (EventEmitter as unknown as () => void).call(handler);
  for (const name of EXPRESS_METHODS) {
    const missing = (): never => {
      throw new TypeError(`${name} needs Express, which is not installed: npm install express`);
    };
    Object.assign(handler, { [name]: missing });
  }
  // Express passes the mount path only to an app, which it recognizes by `handle` and `set`.
  return Object.assign(handler, { handle: serve });
}
