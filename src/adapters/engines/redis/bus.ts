import type { Redis } from 'ioredis';
import type { NodeBus, BusListener, BusPublication, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { decodeBusMessage, encodeBusMessage, type MessageFault } from '../shared/bus-messages.ts';
import { BROADCAST_CHANNEL, CLUSTER, nodeChannel } from './keys.ts';
import type { ScriptRunner } from './script-runner.ts';

/** Messages between nodes over Redis pub/sub. Each is delivered at most once. */
export class RedisNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #runner: ScriptRunner;
  readonly #subscriber: Redis;
  readonly #onFault: (fault: MessageFault) => void;

  /** @param subscriber a separate connection, because a connection that has subscribed accepts no other commands. */
  constructor(node: NodeId, runner: ScriptRunner, subscriber: Redis, onFault: (fault: MessageFault) => void) {
    this.#node = node;
    this.#runner = runner;
    this.#subscriber = subscriber;
    this.#onFault = onFault;
  }

  get isReachable(): boolean {
    return this.#runner.isReady;
  }

  listen({ onMessage, onMessagesLost }: BusListener): void {
    this.#subscriber.on('message', (_channel: string, text: string) => {
      const decoded = decodeBusMessage(text);
      if ('why' in decoded) this.#onFault(decoded);
      else if (decoded.message.type !== 'publication' || decoded.from !== this.#node) onMessage(decoded.message);
    });
    // Messages published before the subscription are lost.
    this.#subscriber.on('ready', () => this.#subscribe(onMessagesLost));
    if (this.#subscriber.status === 'ready') this.#subscribe(onMessagesLost);
  }

  broadcast(word: BusPublication): void {
    const args = [BROADCAST_CHANNEL, encodeBusMessage(this.#node, word)];
    this.#runner.run(
      'publish',
      word.realm,
      args,
      () => undefined,
      () => undefined,
    );
  }

  send(to: NodeId, message: NodeMessage): void {
    const args = [nodeChannel(to), encodeBusMessage(this.#node, message)];
    // Not queued for the next connection, because the node that asks does not wait that long.
    this.#runner.runDirectly('publish', CLUSTER, args).catch(() => undefined);
  }

  close(): Promise<void> {
    this.#subscriber.disconnect();
    return this.#runner.close();
  }

  #subscribe(then: () => void): void {
    this.#subscriber.subscribe(nodeChannel(this.#node), BROADCAST_CHANNEL).then(then, () => undefined);
  }
}
