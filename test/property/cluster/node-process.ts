import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { Clock, Wakeup } from '../../../src/application/ports/clock.ts';
import type { Millis } from '../../../src/domain/time.ts';

/**
 * The process of a node: its clock, and all of its input. While the process is suspended, the clock advances, and timers and
 * input wait. Each source keeps its order; the order between sources is random.
 */
export class NodeProcess implements Clock {
  readonly #clock: ManualClock;
  readonly #offset: Millis;
  readonly #waiting = new Map<unknown, (() => void)[]>();
  #isSuspended = false;

  /** @param offset between the clock of this process and the clock of the simulation. */
  constructor(clock: ManualClock, offset: Millis) {
    this.#clock = clock;
    this.#offset = offset;
  }

  get isSuspended(): boolean {
    return this.#isSuspended;
  }

  now(): Millis {
    return this.#clock.now() + this.#offset;
  }

  wakeAt(at: Millis, wake: () => void): Wakeup {
    let isCancelled = false;
    const wakeup = this.#clock.wakeAt(at - this.#offset, () =>
      this.run('timers', () => {
        if (!isCancelled) wake();
      }),
    );
    return {
      cancel: () => {
        isCancelled = true;
        wakeup.cancel();
      },
    };
  }

  /** Runs a step that input of `source` causes: now, or after the resume. */
  run(source: unknown, step: () => void): void {
    if (!this.#isSuspended) return step();
    const waiting = this.#waiting.get(source) ?? [];
    this.#waiting.set(source, waiting);
    waiting.push(step);
  }

  suspend(): void {
    this.#isSuspended = true;
  }

  /** @param seed of the order between sources. @param afterEach called after each step. */
  async resume(seed: number, afterEach: () => Promise<void> | undefined): Promise<void> {
    let random = seed;
    while (this.#waiting.size > 0) {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      const sources = [...this.#waiting];
      const [source, steps = []] = sources[(random >>> 8) % sources.length] ?? [];
      const step = steps.shift();
      if (steps.length === 0) this.#waiting.delete(source);
      step?.();
      await afterEach();
    }
    this.#isSuspended = false;
  }

  /** Drops all waiting input, because the process is killed. */
  kill(): void {
    this.#waiting.clear();
    this.#isSuspended = false;
  }
}
