import type { BusListener, BusPublication, NodeBus, NodeMessage } from '../../../application/ports/node-bus.ts';
import type { NodeId } from '../../../domain/ids.ts';
import { CLOSE_TIMEOUT_MS, sleep } from '../shared/engine-connection.ts';
import type { HubCommands } from './commands.ts';

/** Messages between the nodes of one machine, by way of the hub. */
export class LocalNodeBus implements NodeBus {
  readonly #commands: HubCommands;

  constructor(commands: HubCommands) {
    this.#commands = commands;
  }

  get isReachable(): boolean {
    return this.#commands.isOpen;
  }

  listen(listener: BusListener): void {
    this.#commands.listen(listener);
  }

  broadcast(message: BusPublication): void {
    const { publication } = message;
    if (!this.#commands.hasRoom) return;
    const payload = new Uint8Array(publication.payload);
    this.#commands.tell(['broadcast', { ...message, publication: { ...publication, payload } }], payload.byteLength);
  }

  send(to: NodeId, message: NodeMessage): void {
    this.#commands.tell(['send', to, message], message.text.length);
  }

  /** Waits until the hub has received all commands, for example releases. */
  async close(): Promise<void> {
    await Promise.race([this.#commands.settled(), sleep(CLOSE_TIMEOUT_MS)]);
    this.#commands.close();
  }
}
