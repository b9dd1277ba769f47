import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { SilentLog } from '../../adapters/logs/silent.ts';
import { listenError } from '../../adapters/transports/shared/listen-errors.ts';
import { listeningHost } from '../listening-host.ts';

/**
 * Checks that the port is free before the workers share it, because a shared port is not exclusive.
 * @returns the port; the one that the system selected for 0. @throws ListenError.
 */
export async function reservePort({ host, port }: { readonly host: string; readonly port: number }): Promise<number> {
  const probe = createServer();
  const wanted = { host: await listeningHost(host, new SilentLog()), port };
  try {
    probe.listen({ ...wanted, exclusive: true });
    await once(probe, 'listening');
  } catch (cause) {
    throw listenError((cause as NodeJS.ErrnoException).code ?? String(cause), wanted);
  }
  const { port: found } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return found;
}
