import type { RealmKey } from '../../../domain/ids.ts';
import type { Millis } from '../../../domain/time.ts';
import { CHECKS_PER_LEASE, FORMAT_VERSION } from '../shared/format-version.ts';
import { outageOf } from './outages.ts';
import { listOf, textOf } from './replies.ts';
import type { ScriptRunner } from './script-runner.ts';

export interface FormatCheckOptions {
  readonly realms: readonly RealmKey[];
  readonly lease: Millis;
  /** The realm has data of ended nodes of another version. */
  readonly onLeftBehind: (version: number) => void;
  readonly onFault: (error: unknown) => void;
  /** Replaces the version of this node, in tests. */
  readonly version?: number;
}

/**
 * Marks this node as a user of its format version, periodically and after each connect, and finds live nodes of another version.
 * While there are any, no command is sent.
 */
export class FormatCheck {
  readonly #runner: ScriptRunner;
  readonly #options: FormatCheckOptions;
  #timer: NodeJS.Timeout | undefined;
  #foreignVersion: number | undefined;
  #onChange: (version: number | undefined) => void = () => undefined;

  constructor(runner: ScriptRunner, options: FormatCheckOptions) {
    this.#runner = runner;
    this.#options = options;
    runner.checkBeforeCommands(() => this.run());
  }

  /** The version of live nodes, if it is not that of this node. */
  get foreignVersion(): number | undefined {
    return this.#foreignVersion;
  }

  /** @param onChange receives the version of other live nodes, and undefined when they have ended. */
  onChange(onChange: (version: number | undefined) => void): void {
    this.#onChange = onChange;
  }

  /** Checks periodically until `stop`. */
  start(): void {
    const check = (): void => {
      if (!this.#runner.isConnected) return;
      void this.run().then(() => {
        if (this.#foreignVersion !== undefined) this.#runner.pause();
      });
    };
    this.#timer ??= setInterval(check, this.#options.lease / CHECKS_PER_LEASE).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Checks once. @returns whether commands may be sent. */
  async run(): Promise<boolean> {
    const { realms, lease, version = FORMAT_VERSION, onLeftBehind, onFault } = this.#options;
    let foreign: number | undefined;
    try {
      for (const realm of realms) {
        const reply = await this.#runner.runDirectly('useFormat', realm, [version, lease]);
        const [outcome, other] = listOf(reply).map(textOf);
        if (outcome === 'foreign') foreign = Number(other);
        else if (other !== undefined) onLeftBehind(Number(other));
      }
    } catch (error) {
      if (outageOf(error) === undefined) onFault(error);
      return false;
    }
    const hasChanged = foreign !== this.#foreignVersion;
    this.#foreignVersion = foreign;
    if (hasChanged) this.#onChange(foreign);
    return foreign === undefined;
  }
}
