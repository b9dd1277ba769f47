import type { Redis } from 'ioredis';
import type { NodeBus, BusListener, BusPublication } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { decodeBusMessage, encodeBusMessage, type MessageFault } from '../shared/bus-messages.ts';
import { BROADCAST_CHANNEL, nodeChannel } from './keys.ts';
import type { ScriptRunner } from './script-runner.ts';

/** Words between nodes over Redis' pub/sub, which tells each at most once. */
export class RedisNodeBus implements NodeBus {
  readonly #node: NodeId;
  readonly #runner: ScriptRunner;
  readonly #subscriber: Redis;
  readonly #onFault: (fault: MessageFault) => void;

  /** @param ears a connection of its own: one that listens can't ask. */
  constructor(node: NodeId, link: ScriptRunner, ears: Redis, onFault: (fault: MessageFault) => void) {
    this.#node = node;
    this.#runner = link;
    this.#subscriber = ears;
    this.#onFault = onFault;
  }

  get isReachable(): boolean {
    return this.#runner.isReady;
  }

  listen({ onMessage, onMessagesLost }: BusListener): void {
    this.#subscriber.on('message', (_channel: string, text: string) => {
      const said = decodeBusMessage(text);
      if ('why' in said) this.#onFault(said);
      else if (said.message.type !== 'publication' || said.from !== this.#node) onMessage(said.message);
    });
    // What was published before each subscription is lost.
    this.#subscriber.on('ready', () => this.#subscribe(onMessagesLost));
    if (this.#subscriber.status === 'ready') this.#subscribe(onMessagesLost);
  }

  broadcast(word: BusPublication): void {
    const given = [BROADCAST_CHANNEL, encodeBusMessage(this.#node, word)];
    this.#runner.run(
      'tell',
      word.realm,
      given,
      () => undefined,
      () => undefined,
    );
  }

  close(): Promise<void> {
    this.#subscriber.disconnect();
    return this.#runner.close();
  }

  #subscribe(then: () => void): void {
    this.#subscriber.subscribe(nodeChannel(this.#node), BROADCAST_CHANNEL).then(then, () => undefined);
  }
}
