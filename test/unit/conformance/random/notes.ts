import {
  EXACT,
  EXPECTATIONS,
  STRICT_HABITS,
  type Expectations,
  type Habits,
} from '../../../../conformance/random/expectations.ts';
import type { Heard, Written } from '../../../../conformance/random/heard.ts';
import type { Limits } from '../../../../conformance/random/limits.ts';
import { newLine, type Line } from '../../../../conformance/random/line.ts';
import type { Kind } from '../../../../conformance/random/message-kinds.ts';
import { Notebook } from '../../../../conformance/random/notebook.ts';

const LIMITS: Limits = {
  ...EXPECTATIONS.signalbox.limits,
  expireTimeout: 5_000,
  aliveTimeout: 12_000,
  sweepInterval: 1_000,
  mailboxMessages: 3,
  mailboxesPerSender: 2,
  concurrentLimit: 3,
};

interface Given {
  readonly limits?: Partial<Limits>;
  readonly habits?: Partial<Habits>;
  readonly tolerance?: Partial<Expectations['tolerance']>;
}

/** A notebook, and short words for what it can be told. Its clock stands until it is turned. */
export class Notes {
  readonly book: Notebook;
  #lines = 0;

  constructor({ limits, habits, tolerance }: Given = {}) {
    this.book = new Notebook({
      limits: { ...LIMITS, ...limits },
      habits: { ...STRICT_HABITS, ...habits },
      tolerance: { ...EXACT, ...tolerance },
    });
  }

  /** Somebody asks to be a peer; what comes of it is not told yet. */
  asks(id: string, { token = 'one', realm = 'here' } = {}): Line {
    const line = newLine(`line ${this.#lines++}`, { realm, id, token });
    this.book.tries(line);
    return line;
  }

  /** Somebody asks to be a peer, and hears OPEN. */
  enters(id: string, who: { token?: string; realm?: string } = {}): Line {
    const line = this.asks(id, who);
    this.hears(line, { type: 'OPEN' });
    return line;
  }

  hears(line: Line, frame: Partial<Heard>): void {
    this.book.hears(line, { type: '', src: undefined, dst: undefined, payload: undefined, isExact: true, ...frame });
  }

  /** `line` hears message `n` of `src`, as it should. */
  hearsFrom(line: Line, src: string, n: number, frame: Partial<Heard> = {}): void {
    const payload: Written = { n };
    this.hears(line, { type: 'OFFER', src, dst: line.id, payload, ...frame });
  }

  expires(line: Line, src: string): void {
    this.hears(line, { type: 'EXPIRE', src, dst: line.id });
  }

  /** Sends one message, and no other is under way. @returns its number. */
  sends(from: Line, to: string, kind: Kind = 'OFFER'): number {
    this.book.isSettled();
    return this.book.sends(from, to, kind);
  }

  /** Time passes, and nobody says anything. */
  passes(ms: number): void {
    this.book.isSettled();
    this.book.isWaiting = true;
    this.book.now += ms;
  }

  /** What is owed, in words; undefined where nothing is. */
  get owed(): string | undefined {
    return this.book.owed()?.message;
  }
}
