import { RuleViolation } from '../../conformance/random/rule-violation.ts';
import { EXACT, STRICT_BEHAVIOURS } from '../../conformance/random/expectations.ts';
import { readFrame } from '../../conformance/random/received-frame.ts';
import type { Limits } from '../../conformance/random/limits.ts';
import { newConnection, type ClientConnection } from '../../conformance/random/client-connection.ts';
import type { Kind } from '../../conformance/random/message-kinds.ts';
import { Model } from '../../conformance/random/model.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from '../../conformance/random/odd-frames.ts';
import { IDS, UNUSABLE_ID, type StepDriver, type ActivePeer } from '../../conformance/random/steps.ts';
import { ManualClock } from '../../src/adapters/clocks/manual.ts';
import { SilentLog } from '../../src/adapters/logs/silent.ts';
import { RandomPeerIds } from '../../src/adapters/peer-ids/random.ts';
import { MemoryTelemetry } from '../../src/adapters/telemetry/memory.ts';
import { MemoryTransport, type MemoryClient } from '../../src/adapters/transports/memory/listener.ts';
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
  hasUnusableId: true,
  connectWeight: 8,
  floodSizes: [60],
  malformedCounts: [1, 1, 1, 6],
  waitRanges: [
    [1, 400],
    [900, 6_500],
    [4_999, 5_000],
    [11_999, 12_000],
    [23_999, 24_000],
  ],
  minSteps: 0,
  maxSteps: 100,
} as const;

/** A real broker over the memory transport, on a clock that stands; and the notebook that watches it. */
export class MemoryBroker implements StepDriver<void> {
  readonly clock = new ManualClock();
  readonly notebook = new Model({ behaviours: STRICT_BEHAVIOURS, limits: LIMITS, tolerance: EXACT });
  readonly #transport = new MemoryTransport();
  readonly #broker: Broker;
  readonly #ends = new Map<ClientConnection, MemoryClient>();
  /** Frames of each line that were read so far. */
  readonly #read = new Map<ClientConnection, number>();

  constructor() {
    this.#broker = buildBroker(
      { ...defaultConfig(), ...LIMITS, keys: REALMS },
      {
        transport: this.#transport,
        clock: this.clock,
        log: new SilentLog(),
        telemetry: new MemoryTelemetry(),
        tap: { isEnabled: false, received: () => undefined, sent: () => undefined },
        peerIds: new RandomPeerIds(),
        origins: { allow: 'echoed' },
      },
    );
    void this.#broker.listen();
  }

  activePeers(): ActivePeer[] {
    return this.#open().map((line) => ({ connection: line, realm: REALMS.indexOf(line.realm), id: line.id }));
  }

  connect({ realm, id }: { readonly realm: number; readonly id: string }, token: string): void {
    const key = REALMS[realm % REALMS.length] ?? 'red';
    const line = newConnection(`line ${this.#ends.size} (${id} in ${key})`, { realm: key, id, token });
    this.notebook.recordConnect(line);
    this.#ends.set(line, this.#transport.connect({ path: '/peerjs', query: new URLSearchParams({ key, id, token }).toString() }));
    this.#look();
  }

  relay(line: ClientConnection, dst: string, type: Kind): void {
    const n = this.notebook.recordMessage(line, dst, type);
    this.#end(line).send(JSON.stringify({ type, src: 'somebody else', dst, payload: { n }, hops: 1 }));
    this.#look();
  }

  flood(line: ClientConnection, to: string, count: number): void {
    for (let i = 0; i < count && !line.isClosed; i++) this.relay(line, to, 'CANDIDATE');
  }

  sendFromAll(lines: readonly ClientConnection[], to: string): void {
    for (const line of lines) if (!line.isClosed) this.relay(line, to, 'CANDIDATE');
  }

  sendHeartbeat(line: ClientConnection): void {
    this.notebook.recordFrame(line, true);
    this.#say(line, '{"type":"HEARTBEAT"}');
  }

  sendMalformed(line: ClientConnection, over: string, times: number): void {
    for (let i = 0; i < times && !line.isClosed; i++) {
      this.notebook.recordMalformed(line);
      this.#say(line, MALFORMED_FRAMES[over] ?? over);
    }
  }

  sendIgnored(line: ClientConnection, what: string): void {
    this.notebook.recordFrame(line);
    this.#say(line, IGNORED_FRAMES[what] ?? what);
  }

  leave(line: ClientConnection): void {
    this.notebook.recordLeave(line);
    this.#say(line, '{"type":"LEAVE"}');
  }

  hangUp(line: ClientConnection, how: 'close' | 'cut'): void {
    this.notebook.recordHangUp(line);
    this.#end(line)[how]();
    this.#look();
  }

  wait(span: number): void {
    this.notebook.isTimePassing = true;
    const until = this.clock.now() + span;
    while (this.clock.now() < until) {
      const step = Math.min(until, Math.max(this.clock.nextWakeup(), this.clock.now())) - this.clock.now();
      this.clock.advance(step);
      this.#transport.settle();
      this.notebook.now = this.clock.now();
      this.#look();
      if (step === 0) throw new RuleViolation('L1', 'a wake-up in the past comes again and again');
    }
    this.notebook.isTimePassing = false;
  }

  /** Promise 5: when everybody has gone and all has expired, nothing is left anywhere. */
  finish(): void {
    for (const line of this.#open()) this.hangUp(line, 'cut');
    this.wait(LIMITS.expireTimeout + LIMITS.sweepInterval + 1);
    for (const realm of REALMS.keys()) {
      for (const id of [...IDS, UNUSABLE_ID]) this.connect({ realm, id }, 'a token never used before');
      for (const line of this.#open()) this.hangUp(line, 'close');
    }
    if (Number.isFinite(this.clock.nextWakeup()) && this.clock.nextWakeup() < this.clock.now()) {
      throw new RuleViolation('L1', 'a wake-up is left for nobody');
    }
  }

  /** Lines that are not over, as their far ends see it. */
  #open(): ClientConnection[] {
    return [...this.#ends.keys()].filter((line) => !line.isClosed);
  }

  #say(line: ClientConnection, frame: string | Uint8Array): void {
    this.#end(line).send(frame);
    this.#look();
  }

  /** Reads what every line has heard, and lets the notebook judge it. */
  #look(): void {
    for (const line of this.#ends.keys()) this.#hear(line);
    for (const [line, { closed }] of this.#ends) if (closed !== undefined) this.notebook.recordClose(line, closed.code);
    this.notebook.checkAll();
    this.notebook.settle();
  }

  #hear(line: ClientConnection): void {
    const { received } = this.#end(line);
    let read = this.#read.get(line) ?? 0;
    for (; read < received.length; read++) {
      const frame = readFrame(received[read] ?? '');
      if (frame === undefined) throw new RuleViolation('M1', `${line.name} heard what is no JSON object`);
      this.notebook.receive(line, frame);
    }
    this.#read.set(line, read);
  }

  #end(line: ClientConnection): MemoryClient {
    const end = this.#ends.get(line);
    if (end === undefined) throw new RuleViolation('O3', `${line.name} was never opened`);
    return end;
  }
}
