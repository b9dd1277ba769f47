import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port of this host that nobody listened on a moment ago. Somebody else may take it meanwhile. */
export async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
