import { randomInt } from 'node:crypto';
import { createServer, type ListenOptions } from 'node:net';
import { once } from 'node:events';

/** Below the ports that operating systems give to connections and to servers without a port of their own. */
const FIRST_PORT = 15_000;
const LAST_PORT = 30_000;

/** A free port. No other call on this machine returns it while the process of the test lives. */
export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

/** Successive ports, as of several workers. */
export async function freePorts(count: number): Promise<number[]> {
  for (;;) {
    const first = randomInt(FIRST_PORT, LAST_PORT + 2 - count);
    const ports = Array.from({ length: count }, (_, n) => first + n);
    if (await areAvailable(ports)) return ports;
  }
}

async function areAvailable(ports: readonly number[]): Promise<boolean> {
  for (const port of ports) if (!(await reserve(port)) || !(await isFree(port))) return false;
  return true;
}

/**
 * Reserves a port by a name that the kernel frees when the process ends: an abstract socket. A test that restarts a server on its
 * port, or starts one that is slow, would lose an unreserved port to another file of tests.
 */
async function reserve(port: number): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const reservation = await listen({ path: `\0signalbox-test-port-${port}` });
  reservation?.unref();
  return reservation !== undefined;
}

async function isFree(port: number): Promise<boolean> {
  const probe = await listen({ port });
  if (probe === undefined) return false;
  probe.close();
  await once(probe, 'close');
  return true;
}

/** A listening server, or undefined if the address is in use. */
async function listen(address: ListenOptions): Promise<ReturnType<typeof createServer> | undefined> {
  const server = createServer();
  try {
    await once(server.listen(address), 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
}
