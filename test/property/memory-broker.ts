import { newConnection, type ClientConnection } from '../../conformance/random/client-connection.ts';
import { EXACT, STRICT_BEHAVIOURS } from '../../conformance/random/expectations.ts';
import type { Limits } from '../../conformance/random/limits.ts';
import type { Kind } from '../../conformance/random/message-kinds.ts';
import { Model } from '../../conformance/random/model.ts';
import { IGNORED_FRAMES, MALFORMED_FRAMES } from '../../conformance/random/odd-frames.ts';
import { readFrame } from '../../conformance/random/received-frame.ts';
import { RuleViolation } from '../../conformance/random/rule-violation.ts';
import { IDS, UNUSABLE_ID, type ActivePeer, type StepDriver } from '../../conformance/random/steps.ts';
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

/** The range of steps that are generated for this driver. */
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

/** Drives a real broker over the memory transport on a manual clock, and checks it against the model. */
export class MemoryBroker implements StepDriver<void> {
  readonly clock = new ManualClock();
  readonly model = new Model({ behaviours: STRICT_BEHAVIOURS, limits: LIMITS, tolerance: EXACT });
  readonly #transport = new MemoryTransport();
  readonly #broker: Broker;
  readonly #clients = new Map<ClientConnection, MemoryClient>();
  /** Number of frames of each connection that were checked so far. */
  readonly #checked = new Map<ClientConnection, number>();

  constructor() {
    this.#broker = buildBroker(
      { ...defaultConfig(), ...LIMITS, keys: ['red', 'b*'] },
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
    return this.#open().map((connection) => ({ connection, realm: REALMS.indexOf(connection.realm), id: connection.id }));
  }

  connect({ realm, id }: { readonly realm: number; readonly id: string }, token: string): void {
    const key = REALMS[realm % REALMS.length] ?? 'red';
    const connection = newConnection(`connection ${this.#clients.size} (${id} in ${key})`, { realm: key, id, token });
    this.model.recordConnect(connection);
    const query = new URLSearchParams({ key, id, token }).toString();
    // O15: an address for each token, because a client of the same address waits before its id is refused.
    this.#clients.set(connection, this.#transport.connect({ path: '/peerjs', query, address: `address of ${token}` }));
    this.#check();
  }

  relay(connection: ClientConnection, dst: string, type: Kind): void {
    const n = this.model.recordMessage(connection, dst, type);
    this.#client(connection).send(JSON.stringify({ type, src: 'another peer', dst, payload: { n }, hops: 1 }));
    this.#check();
  }

  flood(connection: ClientConnection, to: string, count: number): void {
    for (let i = 0; i < count && !connection.isClosed; i++) this.relay(connection, to, 'CANDIDATE');
  }

  sendFromAll(connections: readonly ClientConnection[], to: string): void {
    for (const connection of connections) if (!connection.isClosed) this.relay(connection, to, 'CANDIDATE');
  }

  sendHeartbeat(connection: ClientConnection): void {
    this.model.recordFrame(connection, true);
    this.#send(connection, '{"type":"HEARTBEAT"}');
  }

  sendMalformed(connection: ClientConnection, frame: string, times: number): void {
    for (let i = 0; i < times && !connection.isClosed; i++) {
      this.model.recordMalformed(connection);
      this.#send(connection, MALFORMED_FRAMES[frame] ?? frame);
    }
  }

  sendIgnored(connection: ClientConnection, frame: string): void {
    this.model.recordFrame(connection);
    this.#send(connection, IGNORED_FRAMES[frame] ?? frame);
  }

  leave(connection: ClientConnection): void {
    this.model.recordLeave(connection);
    this.#send(connection, '{"type":"LEAVE"}');
  }

  hangUp(connection: ClientConnection, how: 'close' | 'cut'): void {
    this.model.recordHangUp(connection);
    this.#client(connection)[how]();
    this.#check();
  }

  wait(duration: number): void {
    this.model.isTimePassing = true;
    const until = this.clock.now() + duration;
    while (this.clock.now() < until) {
      const step = Math.min(until, Math.max(this.clock.nextWakeup(), this.clock.now())) - this.clock.now();
      this.clock.advance(step);
      this.#transport.settle();
      this.model.now = this.clock.now();
      this.#check();
      if (step === 0) throw new RuleViolation('L1', 'a wake-up in the past repeats');
    }
    this.model.isTimePassing = false;
  }

  /** Promise 5: after all disconnections and expiries, nothing is left. */
  finish(): void {
    for (const connection of this.#open()) this.hangUp(connection, 'cut');
    this.wait(LIMITS.expireTimeout + LIMITS.sweepInterval + 1);
    for (const realm of REALMS.keys()) {
      for (const id of [...IDS, UNUSABLE_ID]) this.connect({ realm, id }, 'a token never used before');
      for (const connection of this.#open()) this.hangUp(connection, 'close');
    }
    if (Number.isFinite(this.clock.nextWakeup()) && this.clock.nextWakeup() < this.clock.now()) {
      throw new RuleViolation('L1', 'a wake-up is left without a connection');
    }
  }

  /** Connections that are open for the client. */
  #open(): ClientConnection[] {
    return [...this.#clients.keys()].filter((connection) => !connection.isClosed);
  }

  #send(connection: ClientConnection, frame: string | Uint8Array): void {
    this.#client(connection).send(frame);
    this.#check();
  }

  /** Passes the new frames of all connections to the model. */
  #check(): void {
    for (const connection of this.#clients.keys()) this.#receive(connection);
    for (const [connection, { closed }] of this.#clients) {
      if (closed !== undefined) this.model.recordClose(connection, closed.code);
    }
    this.model.checkAll();
    this.model.settle();
  }

  #receive(connection: ClientConnection): void {
    const { received } = this.#client(connection);
    let checked = this.#checked.get(connection) ?? 0;
    for (; checked < received.length; checked++) {
      const frame = readFrame(received[checked] ?? '');
      if (frame === undefined) throw new RuleViolation('M1', `${connection.name} received a frame that is not a JSON object`);
      this.model.receive(connection, frame);
    }
    this.#checked.set(connection, checked);
  }

  #client(connection: ClientConnection): MemoryClient {
    const client = this.#clients.get(connection);
    if (client === undefined) throw new RuleViolation('O3', `${connection.name} was never opened`);
    return client;
  }
}
