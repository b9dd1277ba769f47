import type { Connections } from './connections.ts';
import type { EventJournal } from './event-journal.ts';
import type { Clock, Wakeup } from './ports/clock.ts';
import type { Activity } from './ports/operations.ts';

export interface ActivityMeterParts {
  readonly connections: Connections;
  readonly journal: EventJournal;
  readonly clock: Clock;
}

const SECOND = 1_000;

/** ADM7: counts the events of each second. Measures between `start` and `stop` only. */
export class ActivityMeter {
  readonly #parts: ActivityMeterParts;
  readonly #listeners = new Set<() => void>();
  #last: Activity;
  #lastAt: number;
  #perSecond: Activity = NOTHING;
  #wakeup: Wakeup | undefined = undefined;

  constructor(parts: ActivityMeterParts) {
    this.#parts = parts;
    this.#last = this.totals();
    this.#lastAt = parts.clock.now();
  }

  /** Since the start of the broker. */
  totals(): Activity {
    const { connections, journal } = this.#parts;
    return { ...journal.counts(), ...connections.totals };
  }

  /** In the last second that has ended. */
  get perSecond(): Activity {
    return this.#perSecond;
  }

  start(): void {
    const { clock } = this.#parts;
    this.#wakeup = clock.wakeAt(clock.now() + SECOND, () => {
      this.#measure();
      this.start();
      for (const listener of this.#listeners) listener();
    });
  }

  stop(): void {
    this.#wakeup?.cancel();
  }

  /** @param listener called once a second. @returns the function that ends it. */
  onSecond(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A blocked event loop makes a second longer. */
  #measure(): void {
    const now = this.#parts.clock.now();
    const totals = this.totals();
    const seconds = (now - this.#lastAt) / SECOND;
    const rate = (name: keyof Activity): number => Math.round((totals[name] - this.#last[name]) / seconds);
    this.#perSecond = {
      ...{ opened: rate('opened'), closed: rate('closed'), refused: rate('refused') },
      ...{ framesIn: rate('framesIn'), framesOut: rate('framesOut') },
    };
    this.#last = totals;
    this.#lastAt = now;
  }
}

const NOTHING: Activity = { opened: 0, closed: 0, refused: 0, framesIn: 0, framesOut: 0 };
