/* The steps that attacks have in common. */
import { setTimeout as sleep } from 'node:timers/promises';

export const KIB = 1024;
export const DEEP = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;

export const times = (n, make) => Array.from({ length: n }, (_, i) => make(i));

/** A client that has sent its handshake. */
export async function opened(client, target) {
  const one = client();
  await one.upgrade(target);
  await sleep(20);
  return one;
}

export async function leaveOpen(clients, milliseconds) {
  await sleep(milliseconds);
  for (const one of clients) one.cut();
}
