import type { Sink } from '../io.ts';
import type { CaseResult, Verdict } from '../results.ts';

const ERASE = '\r\u001b[2K';
const SHOWN: readonly Verdict[] = ['ok', 'loose', 'failed', 'dangerous', 'not testable'];

/** A progress line that is overwritten after each case; disabled without a terminal. */
export class Progress {
  readonly #sink: Sink | undefined;
  readonly #total: number;
  readonly #counts = new Map<Verdict, number>();

  /** @param sink undefined without a terminal. */
  constructor(sink: Sink | undefined, total: number) {
    this.#sink = sink;
    this.#total = total;
  }

  ended({ id, verdict }: CaseResult): void {
    this.#counts.set(verdict, (this.#counts.get(verdict) ?? 0) + 1);
    const done = [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
    const counts = SHOWN.flatMap((one) => (this.#counts.has(one) ? `${this.#counts.get(one)} ${one}` : []));
    this.#sink?.write(`${ERASE}${done}/${this.#total}  ${counts.join(', ')}  ${id}`);
  }

  clear(): void {
    this.#sink?.write(ERASE);
  }
}
