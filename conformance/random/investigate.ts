import type { Millis } from '../../src/domain/time.ts';
import type { Profile } from '../profile.ts';
import { NoSocket, type BrokenPromise } from './broken-promise.ts';
import { play, type Played } from './play.ts';
import type { Finding } from './random-result.ts';
import { shrink } from './shrink.ts';
import { simpler } from './simpler.ts';
import type { Stage } from './stage.ts';
import type { Step } from './steps.ts';

interface Means {
  /** How long to look for fewer steps. */
  readonly shrinkFor: Millis;
  /** Starts the server again. */
  readonly revive: (() => Promise<Profile>) | undefined;
}

/** What shows that a server lives and hears: two peers come, and one of them says something to the other. */
const SIGN_OF_LIFE: readonly Step[] = [
  { do: 'connect', realm: 0, id: 'ann', token: 'one' },
  { do: 'connect', realm: 0, id: 'bob', token: 'one' },
  { do: 'relay', realm: 0, who: 'ann', kind: 'OFFER', to: 'bob' },
];

/** While steps are left out, nobody waits much longer than the slowest answer took so far. */
const TIMES_THE_SLOWEST = 8;
const LEAST_PATIENCE_MS = 400;

/** @returns why no socket can be opened; undefined where one can. */
export async function reach(stage: Stage): Promise<string | undefined> {
  const { broken } = await play(SIGN_OF_LIFE.slice(0, 1), stage);
  return broken instanceof NoSocket ? broken.message : undefined;
}

/**
 * Finds out how bad a broken promise is, whether it breaks again, and by how few steps.
 * @param broken played at the same time, so that one may have suffered from another.
 */
export async function investigate(broken: readonly [Broken, ...Broken[]], stage: Stage, means: Means): Promise<Finding> {
  const suspects = broken.map((one) => new Suspect(one, stage, means));
  const [first] = suspects;
  if (first === undefined) throw new RangeError('somebody is suspected');
  await first.takePulse();
  const culprit = broken.length === 1 ? first : ((await firstToRepeat(suspects, first)) ?? first);
  if (means.shrinkFor > 0) await culprit.shrink();
  await culprit.playAgain();
  return culprit.finding();
}

/** Each by itself, on a server that was well before. */
async function firstToRepeat(suspects: readonly Suspect[], first: Suspect): Promise<Suspect | undefined> {
  for (const suspect of suspects) {
    suspect.startsAs(first);
    await suspect.playAgain();
    if (suspect.isRepeatable === true) return suspect;
    first.startsAs(suspect);
  }
  return undefined;
}

/** Steps that broke a promise. */
export type Broken = Played & { readonly broken: BrokenPromise };

export function isBroken(played: Played): played is Broken {
  return played.broken !== undefined;
}

class Suspect {
  readonly #first: Broken;
  /** The fewest that break the same promise. */
  #steps: readonly Step[];
  /** The last time that the promise was broken. */
  #again: Broken | undefined;
  #stage: Stage;
  readonly #means: Means;
  #illness: string | undefined;
  #isRepeatable: boolean | undefined;
  /** Whether there is no server any more to ask. */
  #isGone = false;

  constructor(broken: Broken, stage: Stage, means: Means) {
    this.#first = broken;
    this.#steps = this.#first.steps;
    this.#stage = stage;
    this.#means = means;
  }

  /** Whether the same promise was broken again; undefined where that was not tried. */
  get isRepeatable(): boolean | undefined {
    return this.#isRepeatable;
  }

  /** On the server that another one left. */
  startsAs(other: Suspect): void {
    this.#stage = other.#stage;
    this.#illness = other.#illness;
    this.#isGone = other.#isGone;
  }

  /** Whether the server still serves others. Where it does not, it is started again if that can be done. */
  async takePulse(): Promise<void> {
    const { broken } = await play(SIGN_OF_LIFE, this.#stage);
    if (broken === undefined) return;
    if (broken instanceof NoSocket) this.#illness = `then the server takes no connection any more (${broken.message})`;
    // What breaks without any cause says nothing about what this run has done.
    else if (broken.rule !== this.#first.broken.rule) this.#illness = `then others are served no more (${broken.message})`;
    if (this.#illness === undefined) return;
    await this.#revive();
  }

  async shrink(): Promise<void> {
    if (this.#isGone) return;
    const deadline = performance.now() + this.#means.shrinkFor;
    this.#steps = await shrink(this.#first.steps, {
      failing: async (steps) => (await this.#breaks(steps, this.#impatient()))?.steps,
      simpler,
      isOver: () => this.#isGone || performance.now() > deadline,
      // A server that dies takes with it whatever else is played.
      atOnce: this.#illness === undefined ? this.#stage.atOnce : 1,
    });
  }

  /** With all patience. What broke for haste is forgotten. */
  async playAgain(): Promise<void> {
    if (this.#isGone) return;
    let again = await this.#breaks(this.#steps, this.#stage);
    if (again === undefined && this.#steps !== this.#first.steps) again = await this.#breaks(this.#first.steps, this.#stage);
    this.#again = again;
    this.#isRepeatable = again !== undefined;
  }

  finding(): Finding {
    const { broken, steps, words, transcript } = this.#again ?? this.#first;
    return {
      rule: broken.rule,
      claim: this.#illness === undefined ? broken.message : `${broken.message}; ${this.#illness}`,
      isDangerous: broken.isDangerous || this.#illness !== undefined,
      isRepeatable: this.#isRepeatable,
      steps,
      words,
      stepsBefore: this.#first.steps.length,
      transcript,
    };
  }

  /** @returns what came of it where the same promise was broken. */
  async #breaks(steps: readonly Step[], stage: Stage): Promise<Broken | undefined> {
    const { broken, ...played } = await play(steps, stage);
    if (broken !== undefined && this.#illness !== undefined) await this.#revive();
    return broken?.rule === this.#first.broken.rule ? { ...played, broken } : undefined;
  }

  async #revive(): Promise<void> {
    if (this.#means.revive === undefined) {
      this.#isGone = true;
      return;
    }
    this.#stage = { ...this.#stage, server: await this.#means.revive() };
  }

  #impatient(): Stage {
    const { server } = this.#stage;
    const patience = Math.min(server.patience, Math.max(LEAST_PATIENCE_MS, TIMES_THE_SLOWEST * this.#first.slowest));
    return { ...this.#stage, server: { ...server, patience } };
  }
}
