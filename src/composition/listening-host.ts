import net from 'node:net';
import type { Log } from '../application/ports/log.ts';

/** Errors of the operating system for `::` when IPv6 is disabled or not compiled in. */
const WITHOUT_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EPROTONOSUPPORT']);

const IPV6_ANY = '::';
const IPV4_ANY = '0.0.0.0';

/** @returns the host to listen on: `::`, which also accepts IPv4, becomes `0.0.0.0` on a machine without IPv6. */
export async function listeningHost(host: string, log: Log): Promise<string> {
  if (host !== IPV6_ANY) return host;
  const probe = net.createServer();
  const failure = await new Promise<Error | undefined>((resolve) => {
    probe.once('error', resolve);
    probe.listen({ host, port: 0, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (!isWithoutIpv6(failure)) return host;
  log.record({ event: 'ipv6-unavailable', taken: IPV4_ANY });
  return IPV4_ANY;
}

interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Receives every `error` of the server, except the one that causes the second attempt. */
  readonly failed: (error: Error) => void;
}

/** Listens synchronously. On a machine without IPv6, `::` fails and the server then listens on `0.0.0.0`. */
export function listenOnHost(server: net.Server, { host, port, log, failed }: ListenOptions): void {
  let mayRetry = host === IPV6_ANY;
  server.on('error', (error) => {
    if (!mayRetry || !isWithoutIpv6(error)) return failed(error);
    mayRetry = false;
    log.record({ event: 'ipv6-unavailable', taken: IPV4_ANY });
    server.listen(port, IPV4_ANY);
  });
  server.listen(port, host);
}

function isWithoutIpv6(error: Error | undefined): boolean {
  return error !== undefined && 'code' in error && WITHOUT_IPV6.has(String(error.code));
}
