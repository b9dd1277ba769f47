import type { Millis } from '../../src/domain/time.ts';
import type { TranscriptLine } from '../results.ts';
import { RuleViolation } from './rule-violation.ts';
import { SocketDriver } from './socket-driver.ts';
import type { RunContext } from './run-context.ts';
import { actionFor, type Step } from './steps.ts';

/** What came of a list of steps. */
export interface PlayedRun {
  /** Undefined where every promise was kept. */
  readonly violation: RuleViolation | undefined;
  /** The steps that somebody was there to do, up to the one that showed it. */
  readonly steps: readonly Step[];
  /** The same in plain words. */
  readonly descriptions: readonly string[];
  readonly transcript: readonly TranscriptLine[];
  /** How long the slowest answer took. */
  readonly slowestAnswer: Millis;
}

/** Plays steps in a world of their own. */
export async function play(steps: readonly Step[], stage: RunContext): Promise<PlayedRun> {
  const world = new SocketDriver(stage);
  const done: Step[] = [];
  const descriptions: string[] = [];
  let violation: RuleViolation | undefined;
  try {
    for (const step of steps) {
      const deed = actionFor(step, world);
      if (deed === undefined) continue;
      done.push(deed.step);
      descriptions.push(deed.description);
      world.announce(`${descriptions.length}. ${deed.description}`);
      await deed.run();
    }
    await world.finish();
  } catch (error) {
    if (!(error instanceof RuleViolation)) throw error;
    violation = error;
  } finally {
    world.close();
  }
  return { violation, steps: done, descriptions, transcript: world.transcript, slowestAnswer: world.slowestAnswer };
}
