import type { PeerClient } from './client/peer-client.ts';
import { Failed } from './outcomes.ts';
import type { RunningServer } from './server/servers.ts';
import { uniqueName, Fixture } from './fixture.ts';
import { sleep, errorMessage } from './waiting.ts';

/** Below this limit two additional peers would exhaust the capacity of the server. */
const MIN_LIMIT_FOR_BYSTANDERS = 8;
/** The exit of a process may be reported a moment after its connections close. */
const EXIT_GRACE_MS = 200;
const HEALTH_PROBLEM = /^(the server crashed|the server does not respond)|although this peer sent no invalid frame/;

/** True if the reason of a verdict is a problem that a health check found. */
export function isHealthProblem(why = ''): boolean {
  return HEALTH_PROBLEM.test(why);
}

/** Tests whether the server still serves other peers, with two well-behaved bystanders. */
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

  /** Connects the bystanders. If they cannot exchange messages, the health check uses HTTP only. */
  async start(): Promise<void> {
    const { concurrent_limit = Infinity } = this.#server.profile.settings;
    if (concurrent_limit < MIN_LIMIT_FOR_BYSTANDERS) return;
    try {
      this.#bystanders = await Promise.all([this.#fixture.connect('bystander'), this.#fixture.connect('bystander')]);
      await this.#checkRelay();
    } catch {
      this.#bystanders = [];
      return;
    }
  }

  /** Runs the check; concurrent calls share one run. @returns the problem, or undefined if the server is healthy */
  check(): Promise<string | undefined> {
    this.#pendingCheck ??= this.#run().finally(() => (this.#pendingCheck = undefined));
    return this.#pendingCheck;
  }

  stop(): void {
    void this.#fixture.close();
  }

  async #run(): Promise<string | undefined> {
    if (this.#server.exitReason() !== undefined) return this.#exitProblem();
    try {
      await this.#fixture.request(`${this.#fixture.server.key}/id`);
    } catch (error) {
      await sleep(EXIT_GRACE_MS);
      return this.#exitProblem() ?? `the server does not respond: ${errorMessage(error)}`;
    }
    try {
      await this.#checkRelay();
      return undefined;
    } catch (error) {
      return `${errorMessage(error)}, although this peer sent no invalid frame`;
    }
  }

  #exitProblem(): string | undefined {
    const exit = this.#server.exitReason();
    return exit === undefined ? undefined : `the server crashed: ${exit}`;
  }

  async #checkRelay(): Promise<void> {
    const [one, other] = this.#bystanders;
    if (one === undefined || other === undefined) return;
    for (const { isOpen } of [one, other]) if (!isOpen) throw new Failed('the server closed the connection of a bystander');
    const payload = uniqueName('ping');
    one.sendOffer(other.id, payload);
    while ((await other.receive())['payload'] !== payload);
  }
}
