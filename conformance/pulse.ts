import type { FarPeer } from './far-end/far-peer.ts';
import { Failed } from './outcomes.ts';
import type { RunningServer } from './server/servers.ts';
import { fresh, Scene } from './scene.ts';
import { elapsed, messageOf } from './waiting.ts';

/** Where fewer peers are let in, two that only watch would be in the way. */
const ROOM_FOR_WITNESSES = 8;
/** A process that cuts its connections may need a moment to be seen to end. */
const EXIT_MS = 200;

/** Two peers that do nothing wrong, and by whom it shows whether the server lives and hears others. */
export class Pulse {
  readonly #server: RunningServer;
  readonly #scene: Scene;
  #witnesses: readonly FarPeer[] = [];
  #checking: Promise<string | undefined> | undefined;

  constructor(server: RunningServer) {
    this.#server = server;
    this.#scene = new Scene(server.profile);
    this.#scene.keepsAlive();
  }

  /** Brings the witnesses in. Where no two peers can hear each other there are none, and HTTP must do. */
  async start(): Promise<void> {
    const { concurrent_limit = Infinity } = this.#server.profile.settings;
    if (concurrent_limit < ROOM_FOR_WITNESSES) return;
    try {
      this.#witnesses = await Promise.all([this.#scene.enters('witness'), this.#scene.enters('witness')]);
      await this.#relays();
    } catch {
      this.#witnesses = [];
      return;
    }
  }

  /** Asks whether all is well; who asks meanwhile hears the same. @returns what is not. */
  check(): Promise<string | undefined> {
    this.#checking ??= this.#look().finally(() => (this.#checking = undefined));
    return this.#checking;
  }

  stop(): void {
    this.#scene.end();
  }

  async #look(): Promise<string | undefined> {
    if (this.#server.exit() !== undefined) return this.#death();
    try {
      await this.#scene.asks(`${this.#scene.server.key}/id`);
    } catch (error) {
      await elapsed(EXIT_MS);
      return this.#death() ?? `the server does not answer: ${messageOf(error)}`;
    }
    try {
      await this.#relays();
      return undefined;
    } catch (error) {
      return `${messageOf(error)}, though it had done nothing wrong`;
    }
  }

  #death(): string | undefined {
    const exit = this.#server.exit();
    return exit === undefined ? undefined : `the server died: ${exit}`;
  }

  async #relays(): Promise<void> {
    const [one, other] = this.#witnesses;
    if (one === undefined || other === undefined) return;
    for (const { isOpen } of [one, other]) if (!isOpen) throw new Failed('the server has cut the connection of a witness');
    const word = fresh('word');
    one.offers(other.id, word);
    while ((await other.hears())['payload'] !== word);
  }
}
