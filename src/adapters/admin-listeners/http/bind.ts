import { chmodSync, lstatSync, unlinkSync } from 'node:fs';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { ListenError } from '../../../application/ports/transport.ts';

/** An address and a port, or the path of a UNIX socket. */
export type AdminPlace = { readonly host: string; readonly port: number } | { readonly socket: string };

/** The owner and the group may connect. */
const SOCKET_MODE = 0o660;

/** ADM1. @throws ListenError. */
export async function bind(server: Server, place: AdminPlace): Promise<void> {
  if ('socket' in place) await removeStale(place.socket);
  await new Promise<void>((resolve, reject) => {
    // The error listener stays, because a failed accept must not end the process.
    server.on('error', (cause: NodeJS.ErrnoException) => reject(listenError(place, cause.code ?? cause.message)));
    server.listen('socket' in place ? { path: place.socket } : { ...place, exclusive: true }, () => resolve());
  });
  if ('socket' in place) chmodSync(place.socket, SOCKET_MODE);
}

/** The place of a listening server, for the log. */
export function placeOf(server: Server, place: AdminPlace): string {
  if ('socket' in place) return `unix:${place.socket}`;
  const { port } = server.address() as AddressInfo;
  return `http://${place.host.includes(':') ? `[${place.host}]` : place.host}:${port}`;
}

/** Removes the socket of a process that has ended without removing it. A socket in use, and any other file, stay. */
async function removeStale(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false })?.isSocket() !== true) return;
  const isUsed = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true));
    probe.on('error', () => resolve(false));
    probe.on('connect', () => probe.destroy());
  });
  if (!isUsed) unlinkSync(path);
}

function listenError(place: AdminPlace, code: string): ListenError {
  const [host, port] = 'socket' in place ? [place.socket, 0] : [place.host, place.port];
  const name = 'socket' in place ? place.socket : `${host}:${port}`;
  const reason = code === 'EADDRINUSE' ? 'port-in-use' : code === 'EACCES' ? 'port-forbidden' : 'address-unavailable';
  return new ListenError({ reason, host, port }, `the admin listener can't use ${name} (${code}): set another --admin`);
}
