import type { Millis } from '../../src/domain/time.ts';
import type { TranscriptLine } from '../results.ts';
import { BrokenPromise } from './broken-promise.ts';
import { SocketWorld } from './socket-world.ts';
import type { Stage } from './stage.ts';
import { deedOf, type Step } from './steps.ts';

/** What came of a list of steps. */
export interface Played {
  /** Undefined where every promise was kept. */
  readonly broken: BrokenPromise | undefined;
  /** The steps that somebody was there to do, up to the one that showed it. */
  readonly steps: readonly Step[];
  /** The same in plain words. */
  readonly words: readonly string[];
  readonly transcript: readonly TranscriptLine[];
  /** How long the slowest answer took. */
  readonly slowest: Millis;
}

/** Plays steps in a world of their own. */
export async function play(steps: readonly Step[], stage: Stage): Promise<Played> {
  const world = new SocketWorld(stage);
  const done: Step[] = [];
  const words: string[] = [];
  let broken: BrokenPromise | undefined;
  try {
    for (const step of steps) {
      const deed = deedOf(step, world);
      if (deed === undefined) continue;
      done.push(deed.step);
      words.push(deed.words);
      world.announce(`${words.length}. ${deed.words}`);
      await deed.run();
    }
    await world.finish();
  } catch (error) {
    if (!(error instanceof BrokenPromise)) throw error;
    broken = error;
  } finally {
    world.end();
  }
  return { broken, steps: done, words, transcript: world.transcript, slowest: world.slowest };
}
