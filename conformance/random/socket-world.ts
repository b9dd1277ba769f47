import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import type { TranscriptLine } from '../results.ts';
import { Crowd } from './crowd.ts';
import type { Credentials, Line } from './line.ts';
import type { Kind } from './message-kinds.ts';
import { MUTTERS, STUMBLES } from './odd-frames.ts';
import type { Stage } from './stage.ts';
import type { Hand, Seated } from './steps.ts';

type Seat = Pick<Seated, 'realm' | 'id'>;

/** What is about to happen by itself within this is waited for before anybody acts. */
const TWILIGHT_MS: Millis = 250;
/** With less room a peer that went deaf, and holds its id, would be in the way. */
const ROOM_FOR_THE_DEAF = 100;

/**
 * Any server over real sockets, and the notebook that watches it. After each step it waits until the server has read all
 * that was sent, and the peers have heard all that came of it. So a run gives the same verdicts whenever it is played, as
 * long as the server keeps the order of each socket.
 */
export class SocketWorld implements Hand<Promise<void>> {
  readonly #stage: Stage;
  readonly #crowd: Crowd;
  readonly #seats = new Map<Line, Seat>();

  constructor(stage: Stage) {
    this.#stage = stage;
    this.#crowd = new Crowd(stage);
  }

  /** How long the slowest answer took. */
  get slowest(): Millis {
    return this.#crowd.slowest;
  }

  get transcript(): readonly TranscriptLine[] {
    return this.#crowd.transcript.lines;
  }

  /** Writes into the transcript what is done next. */
  announce(words: string): void {
    this.#crowd.transcript.noted('suite', words);
  }

  seated(): Seated[] {
    const owners = [...this.#seats].filter(([line]) => this.#crowd.notebook.ownerOf(line) === line);
    return owners.map(([line, seat]) => ({ line, ...seat }));
  }

  connect(seat: Seat, token: string): Promise<void> {
    return this.#step(async () => {
      const line = await this.#enters(seat, token);
      await this.#crowd.settle({ line });
    });
  }

  relay(line: Line, to: string, kind: Kind): Promise<void> {
    return this.#step(async () => {
      this.#sends(line, to, kind);
      await this.#crowd.settle({ line });
    });
  }

  flood(line: Line, to: string, count: number): Promise<void> {
    return this.#step(async () => {
      for (let i = 0; i < count; i++) this.#sends(line, to, 'CANDIDATE');
      await this.#crowd.settle({ line });
    });
  }

  chorus(lines: readonly Line[], to: string): Promise<void> {
    return this.#step(async () => {
      for (const line of lines) this.#sends(line, to, 'CANDIDATE');
      await this.#crowd.settle(...lines.map((line) => ({ line })));
    });
  }

  beat(line: Line): Promise<void> {
    return this.#step(async () => {
      this.#crowd.beats(line);
      await this.#crowd.settle({ line, deafBy: 'M8' });
    });
  }

  stumble(line: Line, over: string, times: number): Promise<void> {
    const frame = STUMBLES[over] ?? over;
    return this.#step(async () => {
      if (!this.#stage.expected.habits.malformedIsForgiven) return this.#guestStumbles(line, frame);
      for (let i = 0; i < times; i++) {
        this.#crowd.notebook.stumbles(line);
        this.#crowd.socket(line).send(frame);
      }
      await this.#crowd.settle({ line, deafBy: 'M10' });
    });
  }

  mutter(line: Line, what: string): Promise<void> {
    return this.#step(async () => {
      this.#crowd.notebook.speaks(line);
      this.#crowd.socket(line).send(MUTTERS[what] ?? what);
      await this.#crowd.settle({ line, deafBy: 'M9' });
    });
  }

  leave(line: Line): Promise<void> {
    return this.#step(async () => {
      await this.#saysLeave(line);
      await this.#isFree(line);
    });
  }

  hangUp(line: Line, how: 'close' | 'cut'): Promise<void> {
    return this.#step(async () => {
      this.#crowd.notebook.hangsUp(line);
      this.#crowd.socket(line)[how]();
      await this.#crowd.isClosed(line);
      await this.#crowd.settle();
      await this.#isFree(line);
    });
  }

  wait(ms: Millis): Promise<void> {
    return this.#step(async () => {
      await this.#crowd.until(() => false, ms);
      await this.#daylight();
      await this.#crowd.settle();
    });
  }

  /** Waits for what must still come, as far as the stage allows it. */
  async finish(): Promise<void> {
    const { expireTimeout = Infinity, sweepInterval } = this.#stage.expected.limits;
    if (expireTimeout + sweepInterval > this.#stage.longestWait) return;
    await this.#step(() => this.#crowd.unlessOwed(() => !this.#crowd.notebook.isWaitedFor));
  }

  /** Cuts all that it opened. */
  end(): void {
    this.#crowd.end();
  }

  /** Nobody acts in twilight: what happens by itself at the same time could be the answer to either. */
  async #step(act: () => Promise<void>): Promise<void> {
    const { notebook, departed } = this.#crowd;
    await this.#daylight();
    await act();
    for (const line of departed.splice(0)) await this.#isFree(line);
    notebook.checkAll();
    notebook.isSettled();
  }

  #daylight(): Promise<void> {
    return this.#crowd.unlessOwed(() => !this.#crowd.notebook.isTwilight(TWILIGHT_MS));
  }

  async #enters(seat: Seat, token: string): Promise<Line> {
    const { realm, id } = seat;
    const line = await this.#crowd.enters(`line ${this.#crowd.size} (${id})`, {
      realm: this.#stage.keys[realm % this.#stage.keys.length] ?? '',
      id: this.#own(id),
      token,
    });
    this.#seats.set(line, seat);
    return line;
  }

  /** L4: another token can have the id. Whoever tries it leaves again. */
  async #isFree(line: Line): Promise<void> {
    const seat = this.#seats.get(line);
    if (seat === undefined || this.#crowd.notebook.ownerOf(line) !== undefined) return;
    await this.#saysLeave(await this.#enters(seat, randomUUID()));
  }

  async #saysLeave(line: Line): Promise<void> {
    this.#crowd.notebook.leaves(line);
    this.#crowd.socket(line).send('{"type":"LEAVE"}');
    await this.#crowd.hasLeft(line);
    await this.#crowd.settle();
  }

  #sends(line: Line, to: string, type: Kind): void {
    const dst = this.#own(to);
    const n = this.#crowd.notebook.sends(line, dst, type);
    this.#crowd.writes(line, { type, src: 'somebody else', dst, payload: { n, of: this.#crowd.mark }, hops: 1 });
  }

  #own(id: string): string {
    return `${this.#crowd.mark}-${id}`;
  }

  /** M10: what deafens the one that says it must not harm others. Whoever says it is of no further use. */
  async #guestStumbles({ realm }: Credentials, frame: string | Uint8Array): Promise<void> {
    if ((this.#stage.expected.limits.concurrentLimit ?? Infinity) < ROOM_FOR_THE_DEAF) return;
    const name = `guest-${this.#crowd.size}`;
    const guest = await this.#crowd.admits(name, { realm, id: this.#own(name), token: randomUUID() });
    this.#crowd.socket(guest).send(frame);
    await this.#crowd.settle();
  }
}
