import type { Millis } from '../../src/domain/time.ts';
import { DelayMeter } from '../delay-meter.ts';
import type { TranscriptLine } from '../results.ts';
import { RuleViolation } from './rule-violation.ts';
import { SocketDriver } from './socket-driver.ts';
import type { RunContext } from './run-context.ts';
import { actionFor, type Step } from './steps.ts';

/** The result of playing a list of steps. */
export interface PlayedRun {
  /** Undefined if no rule was violated. */
  readonly violation: RuleViolation | undefined;
  /** The executed steps, up to the one that showed the violation. */
  readonly steps: readonly Step[];
  /** The same steps as text. */
  readonly descriptions: readonly string[];
  readonly transcript: readonly TranscriptLine[];
  /** The duration of the slowest answer. */
  readonly slowestAnswer: Millis;
  /** The longest time in which this process did not run. */
  readonly longestPause: Millis;
}

/** Plays steps with a new set of clients. */
export async function play(steps: readonly Step[], context: RunContext): Promise<PlayedRun> {
  const driver = new SocketDriver(context);
  const pauses = new DelayMeter();
  const done: Step[] = [];
  const descriptions: string[] = [];
  let violation: RuleViolation | undefined;
  try {
    for (const step of steps) {
      const action = actionFor(step, driver);
      if (action === undefined) continue;
      done.push(action.step);
      descriptions.push(action.description);
      driver.announce(`${descriptions.length}. ${action.description}`);
      await action.run();
    }
    await driver.finish();
  } catch (error) {
    if (!(error instanceof RuleViolation)) throw error;
    violation = error;
  } finally {
    driver.close();
    pauses.stop();
  }
  const { transcript, slowestAnswer } = driver;
  return { violation, steps: done, descriptions, transcript, slowestAnswer, longestPause: pauses.longest };
}
