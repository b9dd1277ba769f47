import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../src/adapters/logs/silent.ts';
import { RandomPeerIds } from '../../src/adapters/peer-ids/random.ts';
import { Tally } from '../../src/adapters/telemetry/tally.ts';
import { MemoryTransport, type MemoryFarEnd } from '../../src/adapters/transports/memory/listener.ts';
import type { Broker } from '../../src/application/broker.ts';
import { defaultConfig } from '../../src/composition/configuration/config.ts';
import { buildBroker } from '../../src/composition/container.ts';
import { BrokenPromise, Notebook, type Heard, type Limits, type Line } from './notebook.ts';

const LIMITS: Limits = {
  expireTimeout: 5_000,
  aliveTimeout: 12_000,
  sweepInterval: 1_000,
  mailboxMessages: 5,
  mailboxesPerSender: 2,
  concurrentLimit: 4,
  messagesPerSecond: 10,
  messageBurst: 40,
  malformedPerWindow: 2,
  malformedWindow: 4_000,
};

const REALMS = ['red', 'blue'];

/** A real broker over the memory transport, on a clock that stands; and the notebook that watches it. */
export class World {
  readonly clock = new ManualClock();
  readonly tally = new Tally();
  readonly notebook = new Notebook(LIMITS);
  readonly #transport = new MemoryTransport();
  readonly #broker: Broker;
  readonly #ends = new Map<Line, MemoryFarEnd>();

  constructor() {
    this.#broker = buildBroker(
      { ...defaultConfig(), ...LIMITS, keys: REALMS },
      {
        transport: this.#transport,
        clock: this.clock,
        log: new SilentLog(),
        telemetry: this.tally,
        tap: { isOpen: false, heard: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
      },
    );
    void this.#broker.listen();
  }

  /** Lines that are not over, as their far ends see it. */
  open(): Line[] {
    return [...this.#ends.keys()].filter((line) => !line.isOver);
  }

  connect(realm: number, id: string, token: string): void {
    const key = REALMS[realm % REALMS.length] ?? 'red';
    const name = `line ${this.#ends.size} (${id} in ${key})`;
    const line: Line = { name, realm: key, id, token, isWelcome: false, isOver: false, words: [], stumbles: [], read: 0 };
    const verdict = this.notebook.verdict(line);
    const before = this.notebook.ownerOf(key, id);
    const query = new URLSearchParams({ key, id, token }).toString();
    this.#ends.set(line, this.#transport.connect({ path: '/peerjs', query }));
    this.notebook.tried(line, verdict);
    const expected = new Map<Line, number>();
    if (verdict === 'in' && before !== undefined) expected.set(before, 4001);
    if (verdict === 'taken') expected.set(line, 1008);
    if (verdict === 'full') expected.set(line, 1013);
    this.look(expected);
  }

  /** @param expected the lines that this step must close, with their codes. */
  say(line: Line, text: string, expected = new Map<Line, number>()): void {
    this.notebook.spoke(line);
    this.#end(line).send(text);
    this.look(expected);
  }

  relay(line: Line, type: string, dst: string): void {
    const n = this.notebook.nextNumber();
    this.notebook.sent(line, dst);
    this.say(line, JSON.stringify({ type, src: 'somebody else', dst, payload: { n } }));
  }

  stumble(line: Line): void {
    this.notebook.stumbled(line);
    this.say(line, '{"type":"OFFER",');
  }

  hangUp(line: Line, isAbrupt: boolean): void {
    this.notebook.ended(line);
    if (isAbrupt) this.#end(line).cut();
    else this.#end(line).close();
    this.look();
  }

  wait(span: number): void {
    this.notebook.isWaiting = true;
    const until = this.clock.now() + span;
    while (this.clock.now() < until) {
      const step = Math.min(until, Math.max(this.clock.nextWakeup(), this.clock.now())) - this.clock.now();
      this.clock.passes(step);
      this.#transport.settle();
      this.notebook.now = this.clock.now();
      this.look();
      if (step === 0) throw new BrokenPromise('L1: a wake-up in the past comes again and again');
    }
    this.notebook.isWaiting = false;
  }

  /** Reads what every line has heard, and lets the notebook judge it. */
  look(expected = new Map<Line, number>()): void {
    for (const line of this.#ends.keys()) this.#read(line);
    for (const line of this.#ends.keys()) this.#judgeEnd(line, expected.get(line));
    this.notebook.checkAll();
  }

  /** Promise 5: when everybody has gone and all has expired, nothing is left anywhere. */
  finish(): void {
    for (const line of this.open()) this.hangUp(line, true);
    this.wait(LIMITS.expireTimeout + LIMITS.sweepInterval + 1);
    for (const realm of REALMS.keys()) {
      for (const id of IDS) this.connect(realm, id, 'a token never used before');
      for (const line of this.open()) this.hangUp(line, false);
    }
    if (Number.isFinite(this.clock.nextWakeup()) && this.clock.nextWakeup() < this.clock.now()) {
      throw new BrokenPromise('promise 5: a wake-up is left for nobody');
    }
  }

  #read(line: Line): void {
    const { heard } = this.#end(line);
    for (; line.read < heard.length; line.read++) {
      this.notebook.heard(line, JSON.parse(heard[line.read] ?? '') as Heard);
    }
  }

  #judgeEnd(line: Line, expectedCode: number | undefined): void {
    const code = this.#end(line).closed?.code;
    if (expectedCode !== undefined && code !== expectedCode) {
      throw new BrokenPromise(`${line.name} should be closed with ${expectedCode}, not ${code}`);
    }
    if (line.isOver) return;
    if (code === undefined) {
      if (this.notebook.mustClose(line)) throw new BrokenPromise(`M10, M19: ${line.name} goes on and on`);
      return;
    }
    if (code !== expectedCode && !this.notebook.mayClose(line, code)) {
      throw new BrokenPromise(`${line.name} was closed with ${code} for no reason`);
    }
    this.notebook.ended(line, code);
  }

  #end(line: Line): MemoryFarEnd {
    const end = this.#ends.get(line);
    if (end === undefined) throw new BrokenPromise(`${line.name} was never opened`);
    return end;
  }
}

export const IDS = ['ann', 'bob', '__proto__', 'čtyři', 'eve', 'fay'];
