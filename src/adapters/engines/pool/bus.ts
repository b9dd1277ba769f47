import type { BusListener, BusMessage, BusPublication, NodeBus, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { NodeId, RealmKey } from '../../../domain/ids.ts';
import { POOL, pooledName, realmOfPooledName, unpooledName } from '../shared/pooled-names.ts';

/** The bus of another engine, with the realms by pattern in the pool. */
export class PooledNodeBus implements NodeBus {
  readonly #inner: NodeBus;
  readonly #isPooled: (realm: RealmKey) => boolean;

  constructor(inner: NodeBus, isPooled: (realm: RealmKey) => boolean) {
    this.#inner = inner;
    this.#isPooled = isPooled;
  }

  get isReachable(): boolean {
    return this.#inner.isReachable;
  }

  listen({ onMessage, onMessagesLost }: BusListener): void {
    this.#inner.listen({ onMessage: (message) => onMessage(unpooledMessage(message)), onMessagesLost });
  }

  broadcast(message: BusPublication): void {
    const { realm, space } = message;
    this.#inner.broadcast(this.#isPooled(realm) ? { ...message, realm: POOL, space: pooledName(realm, space) } : message);
  }

  send(to: NodeId, message: NodeMessage): void {
    this.#inner.send(to, message);
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}

function unpooledMessage(message: BusMessage): BusMessage {
  if (message.type === 'request' || message.type === 'response' || message.realm !== POOL) return message;
  if (message.type !== 'publication') {
    return { ...message, realm: realmOfPooledName(message.id), id: unpooledName(message.id) };
  }
  return { ...message, realm: realmOfPooledName(message.space), space: unpooledName(message.space) };
}
