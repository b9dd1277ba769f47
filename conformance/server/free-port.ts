import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A currently unused port. Another process can take it before it is used. */
export async function freePort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
