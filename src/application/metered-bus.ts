import type { NodeId } from '../domain/ids.ts';
import type { BusListener, BusPublication, NodeBus, NodeMessage } from './ports/node-bus.ts';
import type { Telemetry } from './ports/telemetry.ts';

/** Counts the messages between nodes. */
export class MeteredBus implements NodeBus {
  readonly #bus: NodeBus;
  readonly #telemetry: Telemetry;

  constructor(bus: NodeBus, telemetry: Telemetry) {
    this.#bus = bus;
    this.#telemetry = telemetry;
    telemetry.gauge('cluster_reached', () => [{ labels: [], value: bus.isReachable ? 1 : 0 }]);
  }

  get isReachable(): boolean {
    return this.#bus.isReachable;
  }

  listen({ onMessage, onMessagesLost }: BusListener): void {
    const lost = this.#telemetry.counter('cluster_missed_total');
    this.#bus.listen({
      onMessage: (message) => {
        this.#telemetry.counter('cluster_words_total', message.type, 'in').add();
        onMessage(message);
      },
      onMessagesLost: () => {
        lost.add();
        onMessagesLost();
      },
    });
  }

  broadcast(message: BusPublication): void {
    this.#telemetry.counter('cluster_words_total', message.type, 'out').add();
    this.#bus.broadcast(message);
  }

  send(to: NodeId, message: NodeMessage): void {
    this.#telemetry.counter('cluster_words_total', message.type, 'out').add();
    this.#bus.send(to, message);
  }

  close(): Promise<void> {
    return this.#bus.close();
  }
}
