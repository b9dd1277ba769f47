import type { Clock, Wakeup } from '../../../application/ports/clock.ts';

/** One line of a kind is written in this time. */
const INTERVAL_MS = 1_000;
/** Further kinds share one account. */
const MAX_KINDS = 100;
const OTHERS = 'others';

/** Lines of one kind that were held back. */
export interface HeldBack<Line> {
  readonly kind: string;
  readonly count: number;
  /** The latest of them. */
  readonly latest: Line;
}

/** The time until the next line of a kind. */
interface Account<Line> {
  count: number;
  latest: Line;
  end: Wakeup;
}

/**
 * Admits one line of each kind in a second. The other lines of that second are counted. One line reports them at its end, and
 * starts the next second. The reported counts and the admitted lines together are all lines.
 */
export class BurstLimit<Line> {
  readonly #clock: Clock;
  readonly #report: (lines: HeldBack<Line>) => void;
  readonly #accounts = new Map<string, Account<Line>>();

  /** @param report writes one line. */
  constructor(clock: Clock, report: (lines: HeldBack<Line>) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** @returns whether this line may be written. */
  admits(kind: string, line: Line): boolean {
    const name = this.#accounts.has(kind) || this.#accounts.size < MAX_KINDS ? kind : OTHERS;
    const account = this.#accounts.get(name);
    if (account === undefined) {
      this.#accounts.set(name, { count: 0, latest: line, end: this.#wakeFor(name) });
      return true;
    }
    account.count += 1;
    account.latest = line;
    return false;
  }

  /** Reports what is held back, and starts anew. */
  end(): void {
    for (const [kind, { count, latest, end }] of this.#accounts) {
      end.cancel();
      if (count > 0) this.#report({ kind, count, latest });
    }
    this.#accounts.clear();
  }

  #wakeFor(kind: string): Wakeup {
    return this.#clock.wakeAt(this.#clock.now() + INTERVAL_MS, () => this.#endSecond(kind));
  }

  #endSecond(kind: string): void {
    const account = this.#accounts.get(kind);
    if (account === undefined) return;
    const { count, latest } = account;
    if (count === 0) return void this.#accounts.delete(kind);
    account.count = 0;
    account.end = this.#wakeFor(kind);
    this.#report({ kind, count, latest });
  }
}
