import { randomUUID } from 'node:crypto';
import type { PeerIds } from '../../application/ports/peer-ids.ts';

/** Random UUIDs, from the system's source of secrets. */
export class RandomPeerIds implements PeerIds {
  generate(): string {
    return randomUUID();
  }
}
