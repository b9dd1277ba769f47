import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';

/** A port that was free a moment ago. Another process may take it before its use. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
