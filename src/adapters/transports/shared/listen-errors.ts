import { ListenError } from '../../../application/ports/transport.ts';

type ListenPlace = { readonly host: string; readonly port: number };

/** @param code what the operating system said, e.g. `EADDRINUSE`. */
export function listenError(code: string, { host, port }: ListenPlace): ListenError {
  const place = `port ${port} on ${host}`;
  if (code === 'EADDRINUSE') return new ListenError({ reason: 'port-in-use', host, port }, `${place} is in use`);
  if (code === 'EACCES' || code === 'EPERM') {
    return new ListenError({ reason: 'port-forbidden', host, port }, `${place} is forbidden to this process`);
  }
  return new ListenError({ reason: 'address-unavailable', host, port }, `${host} is no address of this machine (${code})`);
}
