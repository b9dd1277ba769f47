import { BrokenPromise } from '../../conformance/random/broken-promise.ts';
import { EXACT, STRICT_HABITS } from '../../conformance/random/expectations.ts';
import { readFrame } from '../../conformance/random/heard.ts';
import type { Limits } from '../../conformance/random/limits.ts';
import { newLine, type Line } from '../../conformance/random/line.ts';
import type { Kind } from '../../conformance/random/message-kinds.ts';
import { Notebook } from '../../conformance/random/notebook.ts';
import { MUTTERS, STUMBLES } from '../../conformance/random/odd-frames.ts';
import { IDS, NOBODY, type Hand, type Seated } from '../../conformance/random/steps.ts';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../src/adapters/logs/silent.ts';
import { RandomPeerIds } from '../../src/adapters/peer-ids/random.ts';
import { Tally } from '../../src/adapters/telemetry/tally.ts';
import { MemoryTransport, type MemoryFarEnd } from '../../src/adapters/transports/memory/listener.ts';
import type { Broker } from '../../src/application/broker.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import { buildBroker } from '../../src/composition/container.ts';

const LIMITS = {
  expireTimeout: 5_000,
  aliveTimeout: 12_000,
  sweepInterval: 1_000,
  mailboxMessages: 5,
  mailboxesPerSender: 2,
  concurrentLimit: 4,
  messagesPerSecond: 10,
  messageBurst: 40,
  onFlood: 'close',
  malformedPerWindow: 2,
  malformedWindow: 4_000,
} satisfies Limits;

const REALMS = ['red', 'blue'];

/** What the world can tell apart, for whoever draws steps for it. */
export const SCOPE = {
  realms: REALMS.length,
  hasNobody: true,
  arrivals: 8,
  floods: [60],
  stumbles: [1, 1, 1, 6],
  spans: [
    [1, 400],
    [900, 6_500],
    [4_999, 5_000],
    [11_999, 12_000],
    [23_999, 24_000],
  ],
  least: 0,
  most: 100,
} as const;

/** A real broker over the memory transport, on a clock that stands; and the notebook that watches it. */
export class World implements Hand<void> {
  readonly clock = new ManualClock();
  readonly notebook = new Notebook({ habits: STRICT_HABITS, limits: LIMITS, tolerance: EXACT });
  readonly #transport = new MemoryTransport();
  readonly #broker: Broker;
  readonly #ends = new Map<Line, MemoryFarEnd>();
  /** Frames of each line that were read so far. */
  readonly #read = new Map<Line, number>();

  constructor() {
    this.#broker = buildBroker(
      { ...defaultConfig(), ...LIMITS, keys: REALMS },
      {
        transport: this.#transport,
        clock: this.clock,
        log: new SilentLog(),
        telemetry: new Tally(),
        tap: { isOpen: false, heard: () => undefined, told: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
      },
    );
    void this.#broker.listen();
  }

  seated(): Seated[] {
    return this.#open().map((line) => ({ line, realm: REALMS.indexOf(line.realm), id: line.id }));
  }

  connect({ realm, id }: { readonly realm: number; readonly id: string }, token: string): void {
    const key = REALMS[realm % REALMS.length] ?? 'red';
    const line = newLine(`line ${this.#ends.size} (${id} in ${key})`, { realm: key, id, token });
    this.notebook.tries(line);
    this.#ends.set(line, this.#transport.connect({ path: '/peerjs', query: new URLSearchParams({ key, id, token }).toString() }));
    this.#look();
  }

  relay(line: Line, dst: string, type: Kind): void {
    const n = this.notebook.sends(line, dst, type);
    this.#end(line).send(JSON.stringify({ type, src: 'somebody else', dst, payload: { n }, hops: 1 }));
    this.#look();
  }

  flood(line: Line, to: string, count: number): void {
    for (let i = 0; i < count && !line.isOver; i++) this.relay(line, to, 'CANDIDATE');
  }

  chorus(lines: readonly Line[], to: string): void {
    for (const line of lines) if (!line.isOver) this.relay(line, to, 'CANDIDATE');
  }

  beat(line: Line): void {
    this.notebook.speaks(line, true);
    this.#say(line, '{"type":"HEARTBEAT"}');
  }

  stumble(line: Line, over: string, times: number): void {
    for (let i = 0; i < times && !line.isOver; i++) {
      this.notebook.stumbles(line);
      this.#say(line, STUMBLES[over] ?? over);
    }
  }

  mutter(line: Line, what: string): void {
    this.notebook.speaks(line);
    this.#say(line, MUTTERS[what] ?? what);
  }

  leave(line: Line): void {
    this.notebook.leaves(line);
    this.#say(line, '{"type":"LEAVE"}');
  }

  hangUp(line: Line, how: 'close' | 'cut'): void {
    this.notebook.hangsUp(line);
    this.#end(line)[how]();
    this.#look();
  }

  wait(span: number): void {
    this.notebook.isWaiting = true;
    const until = this.clock.now() + span;
    while (this.clock.now() < until) {
      const step = Math.min(until, Math.max(this.clock.nextWakeup(), this.clock.now())) - this.clock.now();
      this.clock.passes(step);
      this.#transport.settle();
      this.notebook.now = this.clock.now();
      this.#look();
      if (step === 0) throw new BrokenPromise('L1', 'a wake-up in the past comes again and again');
    }
    this.notebook.isWaiting = false;
  }

  /** Promise 5: when everybody has gone and all has expired, nothing is left anywhere. */
  finish(): void {
    for (const line of this.#open()) this.hangUp(line, 'cut');
    this.wait(LIMITS.expireTimeout + LIMITS.sweepInterval + 1);
    for (const realm of REALMS.keys()) {
      for (const id of [...IDS, NOBODY]) this.connect({ realm, id }, 'a token never used before');
      for (const line of this.#open()) this.hangUp(line, 'close');
    }
    if (Number.isFinite(this.clock.nextWakeup()) && this.clock.nextWakeup() < this.clock.now()) {
      throw new BrokenPromise('L1', 'a wake-up is left for nobody');
    }
  }

  /** Lines that are not over, as their far ends see it. */
  #open(): Line[] {
    return [...this.#ends.keys()].filter((line) => !line.isOver);
  }

  #say(line: Line, frame: string | Uint8Array): void {
    this.#end(line).send(frame);
    this.#look();
  }

  /** Reads what every line has heard, and lets the notebook judge it. */
  #look(): void {
    for (const line of this.#ends.keys()) this.#hear(line);
    for (const [line, { closed }] of this.#ends) if (closed !== undefined) this.notebook.isClosed(line, closed.code);
    this.notebook.checkAll();
    this.notebook.isSettled();
  }

  #hear(line: Line): void {
    const { heard } = this.#end(line);
    let read = this.#read.get(line) ?? 0;
    for (; read < heard.length; read++) {
      const frame = readFrame(heard[read] ?? '');
      if (frame === undefined) throw new BrokenPromise('M1', `${line.name} heard what is no JSON object`);
      this.notebook.hears(line, frame);
    }
    this.#read.set(line, read);
  }

  #end(line: Line): MemoryFarEnd {
    const end = this.#ends.get(line);
    if (end === undefined) throw new BrokenPromise('O3', `${line.name} was never opened`);
    return end;
  }
}
