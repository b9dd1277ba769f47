import type { MailboxStore } from '../../../application/ports/mailbox-store.ts';
import type { NodeBus } from '../../../application/ports/node-bus.ts';
import type { PeerDirectory } from '../../../application/ports/peer-directory.ts';
import type { RealmKey } from '../../../domain/ids.ts';
import { PooledNodeBus } from './bus.ts';
import { PooledPeerDirectory } from './directory.ts';
import { PooledMailboxStore } from './mailboxes.ts';

interface EngineParts {
  readonly directory: PeerDirectory;
  readonly mailboxes: MailboxStore;
  readonly bus: NodeBus;
}

/**
 * An engine that keeps all realms by pattern in one realm of another engine, so that they cost no lease, no journal and no
 * sweep of their own, and leave nothing behind (R5).
 * @param literals the realms that stay as they are.
 */
export function poolPatternRealms(inner: EngineParts, literals: readonly RealmKey[]): EngineParts {
  const unpooled = new Set(literals);
  const isPooled = (realm: RealmKey): boolean => !unpooled.has(realm);
  return {
    directory: new PooledPeerDirectory(inner.directory, isPooled),
    mailboxes: new PooledMailboxStore(inner.mailboxes, isPooled),
    bus: new PooledNodeBus(inner.bus, isPooled),
  };
}
