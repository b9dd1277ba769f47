import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the ports that operating systems give to connections and to servers without a port of their own. */
const FIRST_PORT = 10_000;
const PORTS = 5_000;
/** The distance between the first ports of two processes, whose ids often follow each other. */
const PORTS_PER_PROCESS = 97;

let count = 0;

/**
 * A currently unused port. Two calls of one process return different ports, and two processes begin at different ports, because
 * a port that another run takes before its use is that of the wrong server.
 */
export async function freePort(host: string): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + ((process.pid * PORTS_PER_PROCESS + count++) % PORTS);
    if (await isFree(port, host)) return port;
  }
}

async function isFree(port: number, host: string): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, host), 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Windows reserves some ports.
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
    throw error;
  }
  probe.close();
  await once(probe, 'close');
  return true;
}
