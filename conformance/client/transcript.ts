import type { TranscriptLine } from '../results.ts';

const MAX_TEXT_CHARACTERS = 300;
/** For a long transcript, the first and the last lines are kept. */
const FIRST_LINES = 150;
const LAST_LINES = 150;

/** The timestamped log of all frames, requests and events of one case. */
export class Transcript {
  readonly #startedAt = performance.now();
  readonly #first: TranscriptLine[] = [];
  readonly #last: TranscriptLine[] = [];
  #omitted = 0;

  sent(who: string, what: string): void {
    this.#add(who, 'sent', what);
  }

  received(who: string, what: string): void {
    this.#add(who, 'heard', what);
  }

  noted(who: string, what: string): void {
    this.#add(who, 'noted', what);
  }

  /** In chronological order. If lines were omitted, one entry gives their number. */
  get lines(): TranscriptLine[] {
    if (this.#omitted === 0) return [...this.#first, ...this.#last];
    const at = this.#last[0]?.at ?? 0;
    return [...this.#first, { at, who: 'suite', how: 'noted', what: `${this.#omitted} lines omitted` }, ...this.#last];
  }

  #add(who: string, how: TranscriptLine['how'], what: string): void {
    const text = what.length > MAX_TEXT_CHARACTERS ? `${what.slice(0, MAX_TEXT_CHARACTERS)}… (${what.length} characters)` : what;
    const line = { at: Math.round(performance.now() - this.#startedAt), who, how, what: text };
    if (this.#first.length < FIRST_LINES) {
      this.#first.push(line);
      return;
    }
    this.#last.push(line);
    if (this.#last.length <= LAST_LINES) return;
    this.#last.shift();
    this.#omitted++;
  }
}
