import type { Millis } from '../domain/time.ts';
import type { LocalTraceLine, MessageTraces } from './message-traces.ts';
import type { Answers, Question } from './node-questions.ts';
import type { Clock, Wakeup } from './ports/clock.ts';

type TraceQuestion = Extract<Question, { ask: 'trace' }>;

/** A trace that another node shows. */
interface ServedTrace {
  readonly lines: LocalTraceLine[];
  dropped: number;
  readonly stop: () => void;
  expiry: Wakeup;
}

/** A trace without a question for this long has ended: the other node has stopped. */
const IDLE_TIMEOUT: Millis = 5_000;
/** Lines that wait for the next question. Further ones are counted. */
const MAX_LINES = 200;

/** ADM6, ADM15: traces frames of this node for other nodes, which ask for the new lines again and again. */
export class TracesForNodes {
  readonly #traces: MessageTraces;
  readonly #clock: Clock;
  readonly #served = new Map<string, ServedTrace>();

  constructor(traces: MessageTraces, clock: Clock) {
    this.#traces = traces;
    this.#clock = clock;
  }

  /** The lines since the last question, of none for the first one. @returns undefined if too many traces are open. */
  answer({ trace: name, target, isOver }: TraceQuestion): Answers['trace'] | undefined {
    const known = this.#served.get(name);
    if (isOver) return this.#end(name);
    if (known === undefined) return this.#begin(name, target);
    known.expiry.cancel();
    known.expiry = this.#expiryOf(name);
    const now = this.#clock.now();
    const lines = known.lines.splice(0).map(({ at, ...entry }) => ({ ago: now - at, entry }));
    const { dropped } = known;
    known.dropped = 0;
    return { lines, dropped };
  }

  #begin(name: string, target: TraceQuestion['target']): Answers['trace'] | undefined {
    const lines: LocalTraceLine[] = [];
    const stop = this.#traces.open(target, (line) => {
      if (lines.length < MAX_LINES) lines.push(line);
      else served.dropped += 1;
    });
    if (stop === undefined) return undefined;
    const served: ServedTrace = { lines, dropped: 0, stop, expiry: this.#expiryOf(name) };
    this.#served.set(name, served);
    return NO_LINES;
  }

  #expiryOf(name: string): Wakeup {
    return this.#clock.wakeAt(this.#clock.now() + IDLE_TIMEOUT, () => void this.#end(name));
  }

  #end(name: string): Answers['trace'] {
    const served = this.#served.get(name);
    this.#served.delete(name);
    served?.expiry.cancel();
    served?.stop();
    return NO_LINES;
  }
}

const NO_LINES: Answers['trace'] = { lines: [], dropped: 0 };
