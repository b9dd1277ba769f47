import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Finds the reason with Node's own server, because the library does not report it.
 * @returns the error code of the operating system.
 */
export async function listenFailureAt(host: string, port: number): Promise<string> {
  const probe = createServer();
  try {
    probe.listen({ host, port, exclusive: true });
    await once(probe, 'listening');
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause);
  }
  probe.close();
  return 'EADDRINUSE'; // The port was in use a moment ago.
}
