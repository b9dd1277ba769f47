import type { PeerClient } from './client/peer-client.ts';
import { Failed } from './outcomes.ts';
import type { RunningServer } from './server/servers.ts';
import { uniqueName, Fixture } from './fixture.ts';
import { sleep, errorMessage } from './waiting.ts';

/** Where fewer peers are let in, two that only watch would be in the way. */
const MIN_LIMIT_FOR_BYSTANDERS = 8;
/** A process that cuts its connections may need a moment to be seen to end. */
const EXIT_GRACE_MS = 200;

/** Two peers that do nothing wrong, and by whom it shows whether the server lives and hears others. */
export class HealthCheck {
  readonly #server: RunningServer;
  readonly #fixture: Fixture;
  #bystanders: readonly PeerClient[] = [];
  #pendingCheck: Promise<string | undefined> | undefined;

  constructor(server: RunningServer) {
    this.#server = server;
    this.#fixture = new Fixture(server.profile);
    this.#fixture.keepAlive();
  }

  /** Brings the witnesses in. Where no two peers can hear each other there are none, and HTTP must do. */
  async start(): Promise<void> {
    const { concurrent_limit = Infinity } = this.#server.profile.settings;
    if (concurrent_limit < MIN_LIMIT_FOR_BYSTANDERS) return;
    try {
      this.#bystanders = await Promise.all([this.#fixture.connect('witness'), this.#fixture.connect('witness')]);
      await this.#checkRelay();
    } catch {
      this.#bystanders = [];
      return;
    }
  }

  /** Asks whether all is well; who asks meanwhile hears the same. @returns what is not. */
  check(): Promise<string | undefined> {
    this.#pendingCheck ??= this.#run().finally(() => (this.#pendingCheck = undefined));
    return this.#pendingCheck;
  }

  stop(): void {
    this.#fixture.close();
  }

  async #run(): Promise<string | undefined> {
    if (this.#server.exitReason() !== undefined) return this.#exitProblem();
    try {
      await this.#fixture.request(`${this.#fixture.server.key}/id`);
    } catch (error) {
      await sleep(EXIT_GRACE_MS);
      return this.#exitProblem() ?? `the server does not answer: ${errorMessage(error)}`;
    }
    try {
      await this.#checkRelay();
      return undefined;
    } catch (error) {
      return `${errorMessage(error)}, though it had done nothing wrong`;
    }
  }

  #exitProblem(): string | undefined {
    const exit = this.#server.exitReason();
    return exit === undefined ? undefined : `the server died: ${exit}`;
  }

  async #checkRelay(): Promise<void> {
    const [one, other] = this.#bystanders;
    if (one === undefined || other === undefined) return;
    for (const { isOpen } of [one, other]) if (!isOpen) throw new Failed('the server has cut the connection of a witness');
    const word = uniqueName('word');
    one.sendOffer(other.id, word);
    while ((await other.receive())['payload'] !== word);
  }
}
