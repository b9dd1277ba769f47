import { randomUUID } from 'node:crypto';
import type { Millis } from '../../src/domain/time.ts';
import { HandshakeRefused } from '../far-end/far-peer.ts';
import { Transcript } from '../far-end/transcript.ts';
import { elapsed, messageOf } from '../waiting.ts';
import { BrokenPromise, NoSocket, promised } from './broken-promise.ts';
import { readFrame, type Heard } from './heard.ts';
import { newLine, type Credentials, type Line } from './line.ts';
import { Notebook } from './notebook.ts';
import { SocketLine } from './socket-line.ts';
import type { Stage } from './stage.ts';
import { Watch } from './watch.ts';

/** One line that has just said something, and by what rule the server should still hear it. */
export interface Speaker {
  readonly line: Line;
  readonly deafBy?: string;
}

/** How long an id that should be free is asked for again. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;

/** How long a server may take for its part of a close, or to close who has left, before nobody waits for it. */
const CLOSING_MS = 1_000;
const LEAVING_MS = 250;

/** The lines of a world, each with its socket, and the notebook that is told of whatever they hear. */
export class Crowd {
  readonly notebook: Notebook;
  readonly transcript = new Transcript();
  /** Lines that the server closed by its own will; whoever takes them out sees to it that their ids are free. */
  readonly departed: Line[] = [];
  /** Ids are this crowd's own, and so are the numbers of its messages: nobody disturbs others that are here. */
  readonly mark = randomUUID().slice(0, 8);
  readonly #stage: Stage;
  readonly #watch = new Watch();
  readonly #sockets = new Map<Line, SocketLine>();
  /** M7: as long as nothing else was seen. */
  #closesLeavers = true;
  #broken: Error | undefined;
  #probes = 0;
  #lastEcho = 0;
  #slowest: Millis = 0;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.notebook = new Notebook(stage.expected);
    this.notebook.isWaiting = true;
  }

  /** How long the slowest answer took. */
  get slowest(): Millis {
    return this.#slowest;
  }

  /** How many lines there ever were. */
  get size(): number {
    return this.#sockets.size;
  }

  /** A line that has heard whether it is in. @throws BrokenPromise */
  async enters(name: string, who: Credentials): Promise<Line> {
    const line = newLine(name, who);
    this.#tick();
    const verdict = this.notebook.tries(line);
    const wasSomebodys = verdict === 'in' && !line.isReconnect && this.notebook.freedBy(line) !== undefined;
    const socket = wasSomebodys ? await this.#opensWhenFree(line) : await this.#opens(line);
    this.#sockets.set(line, socket);
    this.#listen(line, socket);
    const needsNoWelcome = line.isReconnect && !this.#stage.expected.habits.reconnectIsWelcome;
    await this.#owedIsThere(() => line.isOver || line.isWelcome || needsNoWelcome);
    return line;
  }

  /** A line that the notebook is not told of. @throws BrokenPromise where no socket can be opened. */
  async admits(name: string, who: Credentials): Promise<Line> {
    const line = newLine(name, who);
    const socket = await this.#opens(line);
    this.#sockets.set(line, socket);
    await socket.isDecided(this.#stage.server.patience);
    return line;
  }

  /** The socket is closed on both sides; where the server takes too long, on ours. */
  async isClosed(line: Line): Promise<void> {
    const socket = this.socket(line);
    if (!(await this.until(() => socket.isClosed, CLOSING_MS))) socket.cut();
  }

  /** M7: LEAVE has been read. It shows by the close of the socket or, where that is not closed, by a pong. */
  async hasLeft(line: Line): Promise<void> {
    const socket = this.socket(line);
    const number = ++this.#probes;
    socket.ping(number);
    if (this.#closesLeavers && (await this.until(() => socket.isClosed, LEAVING_MS))) return;
    this.#closesLeavers = false;
    await this.until(() => !socket.isOpen || socket.ponged >= number, LEAVING_MS);
  }

  /**
   * All that was sent has been read, and all that came of it has come: whoever spoke hears its own echo, which the
   * server relays behind what was sent before; and every other line a pong, which comes behind what was relayed to it.
   * @throws BrokenPromise
   */
  async settle(...speakers: readonly Speaker[]): Promise<void> {
    const startedAt = this.#watch.now;
    for (const speaker of speakers) await this.#hearsItself(speaker);
    const others = [...this.#sockets.keys()].filter((line) => this.notebook.ownerOf(line) === line);
    const silent = await this.#ping(others);
    promised(silent === undefined, 'L3', `${silent?.name} gets no answer to a WebSocket ping`);
    await this.#owedIsThere(() => true);
    this.#slowest = Math.max(this.#slowest, this.#watch.now - startedAt);
  }

  /** Waits until `holds`, unless something should have happened before. @throws BrokenPromise */
  async unlessOwed(holds: () => boolean): Promise<void> {
    await this.until(() => {
      const owed = this.notebook.owed();
      if (owed !== undefined) throw owed;
      return holds();
    }, Infinity);
  }

  /** @returns whether `holds` came true in time. @throws BrokenPromise */
  until(holds: () => boolean, ms: Millis = this.#stage.server.patience): Promise<boolean> {
    return this.#watch.until(() => {
      this.#tick();
      if (this.#broken !== undefined) throw this.#broken;
      return holds();
    }, ms);
  }

  beats(line: Line): void {
    this.notebook.speaks(line, true);
    this.socket(line).send('{"type":"HEARTBEAT"}');
  }

  writes(line: Line, frame: object): void {
    this.socket(line).send(JSON.stringify(frame));
  }

  socket(line: Line): SocketLine {
    const socket = this.#sockets.get(line);
    if (socket === undefined) throw new NoSocket(`${line.name} was never opened`, { isDangerous: false });
    return socket;
  }

  /** Cuts all that is open. */
  end(): void {
    for (const socket of this.#sockets.values()) socket.cut();
  }

  /** L4: the id is free, but the server may not have noticed yet. */
  async #opensWhenFree(line: Line): Promise<SocketLine> {
    const deadline = this.#watch.now + this.#stage.server.patience;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      const socket = await this.#opens(line);
      await socket.isDecided(deadline - this.#watch.now);
      const isRefused = /"(ID-TAKEN|ERROR)"/.test(socket.first ?? '');
      if (!isRefused || this.#watch.now > deadline) return socket;
      socket.cut();
      await elapsed(pause);
    }
  }

  async #opens(line: Line): Promise<SocketLine> {
    try {
      return await SocketLine.open(this.#stage.server, line, this.transcript);
    } catch (error) {
      const isDangerous = !(error instanceof HandshakeRefused);
      throw new NoSocket(`${line.name} can not open a socket: ${messageOf(error)}`, { isDangerous });
    }
  }

  async #hearsItself({ line, deafBy = 'M4' }: Speaker): Promise<void> {
    if (line.isOver) return;
    // Where only HEARTBEAT counts, who speaks says it too, so that nobody can take it for silent.
    if (!this.#stage.expected.habits.everyWordCounts) this.beats(line);
    const echo = ++this.#probes;
    this.notebook.speaks(line);
    this.writes(line, { type: 'CANDIDATE', dst: line.id, payload: { echo, of: this.mark } });
    const sentAt = this.#watch.now;
    const isHeard = await this.until(() => this.#lastEcho >= echo || line.isOver);
    const isDeaf = !isHeard || (this.#lastEcho < echo && this.#wasTakenForSilent(line, sentAt));
    promised(!isDeaf, deafBy, `${line.name} sends a message to itself, and does not hear it`);
  }

  /** L1: whether it was closed for its silence, long after it had said something. */
  #wasTakenForSilent(line: Line, since: Millis): boolean {
    const { aliveTimeout = Infinity } = this.#stage.expected.limits;
    return this.notebook.freedBy(line) === 'L1' && this.#watch.now - since >= aliveTimeout / 2;
  }

  /** @returns a line that got no answer, and is not closed either. */
  async #ping(lines: readonly Line[]): Promise<Line | undefined> {
    const number = ++this.#probes;
    for (const line of lines) this.socket(line).ping(number);
    const isSilent = (line: Line): boolean => this.socket(line).isOpen && this.socket(line).ponged < number;
    await this.until(() => !lines.some(isSilent));
    return lines.find(isSilent);
  }

  /** Gives what should have come some time. @throws BrokenPromise for what does not come, or where `holds` does not. */
  async #owedIsThere(holds: () => boolean): Promise<void> {
    if (await this.until(() => this.notebook.owed() === undefined && holds())) return;
    throw this.notebook.owed() ?? new BrokenPromise('O3', 'a socket was opened, and nothing comes of it');
  }

  #listen(line: Line, socket: SocketLine): void {
    socket.reportTo({
      heard: (text, isBinary) => this.#judge(() => this.#hears(line, text, isBinary)),
      closed: (code) => this.#judge(() => this.#closes(line, code)),
      stirred: () => this.#watch.stir(),
    });
  }

  /** Whoever waits next is told of what was broken. */
  #judge(fact: () => void): void {
    this.#tick();
    try {
      fact();
    } catch (error) {
      this.#broken ??= error instanceof Error ? error : new Error(String(error));
    }
    this.#watch.stir();
  }

  #hears(line: Line, text: string, isBinary: boolean): void {
    const frame = readFrame(text);
    if (frame === undefined) throw new BrokenPromise('M1', `${line.name} heard what is no JSON object with a type`);
    promised(!isBinary, 'M5', `${line.name} heard a binary frame`);
    const isOurs = frame.src === undefined || frame.payload === undefined || frame.payload.of === this.mark;
    promised(isOurs, 'M1', `${line.name} heard what nobody here has sent to anybody`, { isDangerous: true });
    if (frame.payload?.echo === undefined) this.notebook.hears(line, frame);
    else this.#hearsEcho(line, frame, frame.payload.echo);
  }

  #hearsEcho(line: Line, { src, dst }: Heard, echo: number): void {
    const isOwn = src === line.id && dst === line.id;
    promised(isOwn, 'M1', `${line.name} heard what ${src} sent to ${dst}`, { isDangerous: true });
    promised(echo > this.#lastEcho, 'M1', `${line.name} heard a message to itself twice`);
    this.#lastEcho = echo;
  }

  #closes(line: Line, code: number): void {
    const wasOwner = this.notebook.ownerOf(line) === line;
    this.notebook.isClosed(line, code);
    if (wasOwner) this.departed.push(line);
  }

  #tick(): void {
    this.notebook.now = this.#watch.now;
  }
}
