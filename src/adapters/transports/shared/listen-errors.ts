import { ListenError } from '../../../application/ports/transport.ts';

type ListenPlace = { readonly host: string; readonly port: number };

/** @param code of the operating system, for example `EADDRINUSE`. */
export function listenError(code: string, { host, port }: ListenPlace): ListenError {
  const place = `port ${port} on ${host}`;
  if (code === 'EADDRINUSE') {
    return new ListenError(
      { reason: 'port-in-use', host, port },
      `${place} is in use: stop the other program or set another --port`,
    );
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return new ListenError(
      { reason: 'port-forbidden', host, port },
      `${place} is not permitted for this process: use a port above 1023 or grant CAP_NET_BIND_SERVICE`,
    );
  }
  return new ListenError(
    { reason: 'address-unavailable', host, port },
    `${host} is not an address of this machine (${code}): set another --host`,
  );
}
