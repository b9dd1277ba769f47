import type { Server } from 'node:http';
import type { Log } from '../../../application/ports/log.ts';
import { connectionsWithin, openFileLimit } from '../shared/open-files.ts';

const LOG_INTERVAL = 60_000;

/**
 * Closes new connections while the process has no free file handle. Node would accept and close them without an event. Closes
 * idle HTTP connections to free handles, and logs the number of dropped connections once a minute. A limit that an embedding
 * program has set stays. @returns a function that ends this.
 */
export function dropBeyondOpenFiles(server: Server, log: Log | undefined, openFiles = openFileLimit()): () => void {
  const most = connectionsWithin(openFiles);
  if (openFiles === undefined || most === undefined || hasLimit(server)) return () => undefined;
  server.maxConnections = most;
  let dropped = 0;
  let isLogged = false;
  const record = (): void => {
    isLogged = dropped > 0;
    if (!isLogged) return;
    log?.record({ event: 'connections-dropped', dropped, openFiles });
    dropped = 0;
    setTimeout(record, LOG_INTERVAL).unref();
  };
  const drop = (): void => {
    // The program has set its own limit.
    if (server.maxConnections !== most) return;
    dropped++;
    if (isLogged) return;
    server.closeIdleConnections();
    record();
  };
  server.on('drop', drop);
  return () => {
    server.off('drop', drop);
    if (server.maxConnections === most) Reflect.deleteProperty(server, 'maxConnections');
  };
}

/** By default the property is undefined, against its type. */
function hasLimit({ maxConnections }: Server): boolean {
  return typeof maxConnections === 'number';
}
