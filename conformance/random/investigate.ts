import type { Millis } from '../../src/domain/time.ts';
import type { Profile } from '../profile.ts';
import { ConnectFailure, type RuleViolation } from './rule-violation.ts';
import { play, type PlayedRun } from './play.ts';
import type { Finding } from './random-result.ts';
import { shrink } from './shrink.ts';
import { simpler, withLongerPauses } from './simpler.ts';
import type { RunContext } from './run-context.ts';
import type { Step } from './steps.ts';

interface InvestigationOptions {
  /** Time limit for reducing the steps. */
  readonly shrinkFor: Millis;
  /** Restarts the server. */
  readonly restart: (() => Promise<Profile>) | undefined;
}

/** Steps that show that the server is healthy: two peers connect, and one sends a message to the other. */
const HEALTH_CHECK: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
  { do: 'relay', realm: 0, who: 'ann', kind: 'OFFER', to: 'bob' },
];

/** While steps are removed, the patience is a multiple of the slowest answer so far. */
const PATIENCE_FACTOR = 8;
const MIN_PATIENCE_MS = 400;
/**
 * The factors of the pauses when the reduced steps are replayed. The shortest pauses that violate a rule are often just long
 * enough, so the reduced steps do not violate it every time.
 */
const PAUSE_FACTORS = [1, 1, 2, 2, 4];
/** The maximum number of reductions that are replayed, fewest steps first, until one violates the rule again. */
const REPLAYED_REDUCTIONS = 4;

/** @returns the reason why no socket can be opened, or undefined. */
export async function findUnreachable(context: RunContext): Promise<string | undefined> {
  const { violation } = await play(HEALTH_CHECK.slice(0, 1), context);
  return violation instanceof ConnectFailure ? violation.message : undefined;
}

/**
 * Determines whether a violation is dangerous, whether it is repeatable, and the fewest steps that cause it.
 * @param broken runs that were played in parallel; one may have affected another.
 */
export async function investigate(
  broken: readonly [ViolatingRun, ...ViolatingRun[]],
  context: RunContext,
  options: InvestigationOptions,
): Promise<Finding> {
  const suspects = broken.map((one) => new Suspect(one, context, options));
  const [first] = suspects;
  if (first === undefined) throw new RangeError('expected at least one violating run');
  await first.checkHealth();
  const culprit = broken.length === 1 ? first : ((await firstRepeatable(suspects, first)) ?? first);
  if (options.shrinkFor > 0) await culprit.shrink();
  await culprit.replay();
  return culprit.finding();
}

/** Replays each run alone on a healthy server. */
async function firstRepeatable(suspects: readonly Suspect[], first: Suspect): Promise<Suspect | undefined> {
  for (const suspect of suspects) {
    suspect.continueFrom(first);
    await suspect.replay();
    if (suspect.isRepeatable === true) return suspect;
    first.continueFrom(suspect);
  }
  return undefined;
}

/** A run that violated a rule. */
export type ViolatingRun = PlayedRun & { readonly violation: RuleViolation };

export function hasViolation(played: PlayedRun): played is ViolatingRun {
  return played.violation !== undefined;
}

class Suspect {
  readonly #first: ViolatingRun;
  /** Fewer steps that violated the same rule twice. */
  readonly #reductions: (readonly Step[])[] = [];
  /** The most recent run with the same violation. */
  #repeated: ViolatingRun | undefined;
  #context: RunContext;
  readonly #options: InvestigationOptions;
  #damage: string | undefined;
  #isRepeatable: boolean | undefined;
  /** True if the server has crashed and cannot be restarted. */
  #isServerGone = false;

  constructor(broken: ViolatingRun, context: RunContext, options: InvestigationOptions) {
    this.#first = broken;
    this.#context = context;
    this.#options = options;
  }

  /** True if a replay violated the same rule; undefined before a replay. */
  get isRepeatable(): boolean | undefined {
    return this.#isRepeatable;
  }

  /** Continues with the server state of another suspect. */
  continueFrom(other: Suspect): void {
    this.#context = other.#context;
    this.#damage = other.#damage;
    this.#isServerGone = other.#isServerGone;
  }

  /** Tests whether the server still serves other peers; restarts it if not, where possible. */
  async checkHealth(): Promise<void> {
    const { violation } = await play(HEALTH_CHECK, this.#context);
    if (violation === undefined) return;
    if (violation instanceof ConnectFailure) this.#damage = `afterwards the server accepts no connection (${violation.message})`;
    // A violation of the same rule without the steps of this run is not evidence against the run.
    else if (violation.rule !== this.#first.violation.rule) {
      this.#damage = `afterwards the server does not serve other peers (${violation.message})`;
    }
    if (this.#damage === undefined) return;
    await this.#restart();
  }

  async shrink(): Promise<void> {
    if (this.#isServerGone) return;
    const deadline = performance.now() + this.#options.shrinkFor;
    await shrink(this.#first.steps, {
      failing: async (steps) => this.#reduced(steps),
      simpler,
      isOver: () => this.#isServerGone || performance.now() > deadline,
      // A crash affects all parallel runs.
      atOnce: this.#damage === undefined ? this.#context.atOnce : 1,
    });
  }

  /** Replays the steps with the full patience, which discards violations caused by the short patience. */
  async replay(): Promise<void> {
    if (this.#isServerGone) return;
    let again: ViolatingRun | undefined;
    // Among equally many steps, the last ones are the simplest.
    const reductions = this.#reductions.toReversed().toSorted((a, b) => a.length - b.length);
    for (const steps of reductions.slice(0, REPLAYED_REDUCTIONS)) {
      for (const factor of PAUSE_FACTORS) {
        again ??= await this.#violates(withLongerPauses(steps, factor), this.#context);
      }
    }
    for (const factor of PAUSE_FACTORS) {
      again ??= await this.#violates(withLongerPauses(this.#first.steps, factor), this.#context);
    }
    this.#repeated = again;
    this.#isRepeatable = again !== undefined;
  }

  finding(): Finding {
    const { violation, steps, descriptions, transcript } = this.#repeated ?? this.#first;
    return {
      rule: violation.rule,
      message: this.#damage === undefined ? violation.message : `${violation.message}; ${this.#damage}`,
      isDangerous: violation.isDangerous || this.#damage !== undefined,
      isRepeatable: this.#isRepeatable,
      steps,
      descriptions,
      stepsBefore: this.#first.steps.length,
      transcript,
    };
  }

  /** @returns the executed steps if they violate the same rule twice: one violation may depend on a delay of the machine. */
  async #reduced(steps: readonly Step[]): Promise<readonly Step[] | undefined> {
    const once = await this.#violates(steps, this.#shortPatience());
    const twice = once === undefined ? undefined : await this.#violates(once.steps, this.#shortPatience());
    if (twice !== undefined) this.#reductions.push(twice.steps);
    return twice?.steps;
  }

  /** @returns the run if it violates the same rule. */
  async #violates(steps: readonly Step[], context: RunContext): Promise<ViolatingRun | undefined> {
    const { violation, ...played } = await play(steps, context);
    if (violation !== undefined && this.#damage !== undefined) await this.#restart();
    return violation?.rule === this.#first.violation.rule ? { ...played, violation } : undefined;
  }

  async #restart(): Promise<void> {
    if (this.#options.restart === undefined) {
      this.#isServerGone = true;
      return;
    }
    this.#context = { ...this.#context, server: await this.#options.restart() };
  }

  #shortPatience(): RunContext {
    const { server } = this.#context;
    const patience = Math.min(server.patience, Math.max(MIN_PATIENCE_MS, PATIENCE_FACTOR * this.#first.slowestAnswer));
    return { ...this.#context, server: { ...server, patience } };
  }
}
