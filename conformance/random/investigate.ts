import type { Millis } from '../../src/domain/time.ts';
import type { Profile } from '../profile.ts';
import { ConnectFailure, type RuleViolation } from './rule-violation.ts';
import { play, type PlayedRun } from './play.ts';
import type { Finding } from './random-result.ts';
import { shrink } from './shrink.ts';
import { simpler } from './simpler.ts';
import type { RunContext } from './run-context.ts';
import type { Step } from './steps.ts';

interface InvestigationOptions {
  /** How long to look for fewer steps. */
  readonly shrinkFor: Millis;
  /** Starts the server again. */
  readonly restart: (() => Promise<Profile>) | undefined;
}

/** What shows that a server lives and hears: two peers come, and one of them says something to the other. */
const HEALTH_CHECK: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
  { do: 'relay', realm: 0, who: 'ann', kind: 'OFFER', to: 'bob' },
];

/** While steps are left out, nobody waits much longer than the slowest answer took so far. */
const PATIENCE_FACTOR = 8;
const MIN_PATIENCE_MS = 400;

/** @returns why no socket can be opened; undefined where one can. */
export async function findUnreachable(stage: RunContext): Promise<string | undefined> {
  const { violation } = await play(HEALTH_CHECK.slice(0, 1), stage);
  return violation instanceof ConnectFailure ? violation.message : undefined;
}

/**
 * Finds out how bad a broken promise is, whether it breaks again, and by how few steps.
 * @param broken played at the same time, so that one may have suffered from another.
 */
export async function investigate(
  broken: readonly [ViolatingRun, ...ViolatingRun[]],
  stage: RunContext,
  means: InvestigationOptions,
): Promise<Finding> {
  const suspects = broken.map((one) => new Suspect(one, stage, means));
  const [first] = suspects;
  if (first === undefined) throw new RangeError('somebody is suspected');
  await first.checkHealth();
  const culprit = broken.length === 1 ? first : ((await firstRepeatable(suspects, first)) ?? first);
  if (means.shrinkFor > 0) await culprit.shrink();
  await culprit.replay();
  return culprit.finding();
}

/** Each by itself, on a server that was well before. */
async function firstRepeatable(suspects: readonly Suspect[], first: Suspect): Promise<Suspect | undefined> {
  for (const suspect of suspects) {
    suspect.continueFrom(first);
    await suspect.replay();
    if (suspect.isRepeatable === true) return suspect;
    first.continueFrom(suspect);
  }
  return undefined;
}

/** Steps that broke a promise. */
export type ViolatingRun = PlayedRun & { readonly violation: RuleViolation };

export function hasViolation(played: PlayedRun): played is ViolatingRun {
  return played.violation !== undefined;
}

class Suspect {
  readonly #first: ViolatingRun;
  /** The fewest that break the same promise. */
  #steps: readonly Step[];
  /** The last time that the promise was broken. */
  #repeated: ViolatingRun | undefined;
  #context: RunContext;
  readonly #options: InvestigationOptions;
  #damage: string | undefined;
  #isRepeatable: boolean | undefined;
  /** Whether there is no server any more to ask. */
  #isServerGone = false;

  constructor(broken: ViolatingRun, stage: RunContext, means: InvestigationOptions) {
    this.#first = broken;
    this.#steps = this.#first.steps;
    this.#context = stage;
    this.#options = means;
  }

  /** Whether the same promise was broken again; undefined where that was not tried. */
  get isRepeatable(): boolean | undefined {
    return this.#isRepeatable;
  }

  /** On the server that another one left. */
  continueFrom(other: Suspect): void {
    this.#context = other.#context;
    this.#damage = other.#damage;
    this.#isServerGone = other.#isServerGone;
  }

  /** Whether the server still serves others. Where it does not, it is started again if that can be done. */
  async checkHealth(): Promise<void> {
    const { violation } = await play(HEALTH_CHECK, this.#context);
    if (violation === undefined) return;
    if (violation instanceof ConnectFailure) this.#damage = `then the server takes no connection any more (${violation.message})`;
    // What breaks without any cause says nothing about what this run has done.
    else if (violation.rule !== this.#first.violation.rule)
      {this.#damage = `then others are served no more (${violation.message})`;}
    if (this.#damage === undefined) return;
    await this.#restart();
  }

  async shrink(): Promise<void> {
    if (this.#isServerGone) return;
    const deadline = performance.now() + this.#options.shrinkFor;
    this.#steps = await shrink(this.#first.steps, {
      failing: async (steps) => (await this.#violates(steps, this.#shortPatience()))?.steps,
      simpler,
      isOver: () => this.#isServerGone || performance.now() > deadline,
      // A server that dies takes with it whatever else is played.
      atOnce: this.#damage === undefined ? this.#context.atOnce : 1,
    });
  }

  /** With all patience. What broke for haste is forgotten. */
  async replay(): Promise<void> {
    if (this.#isServerGone) return;
    let again = await this.#violates(this.#steps, this.#context);
    if (again === undefined && this.#steps !== this.#first.steps) again = await this.#violates(this.#first.steps, this.#context);
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

  /** @returns what came of it where the same promise was broken. */
  async #violates(steps: readonly Step[], stage: RunContext): Promise<ViolatingRun | undefined> {
    const { violation, ...played } = await play(steps, stage);
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
