import { randomUUID } from 'node:crypto';
import type { PeerIds } from '../../application/ports/peer-ids.ts';

/** Random UUIDs, from a cryptographically secure generator. */
export class RandomPeerIds implements PeerIds {
  generate(): string {
    return randomUUID();
  }
}
