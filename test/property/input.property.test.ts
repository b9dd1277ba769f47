import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ConnectionReporter } from '../../src/adapters/transports/shared/connection-reporter.ts';
import { InputBudget } from '../../src/adapters/transports/shared/input-budget.ts';
import { createTurns } from '../../src/adapters/transports/shared/turn-tasks.ts';
import type { Socket } from '../../src/application/ports/socket.ts';
import { MemoryBudget } from '../../src/domain/memory-budget.ts';
import { QUEUED_FRAME_BYTES } from '../../src/domain/memory-sizes.ts';
import { ADMISSION, RecordingGateway, type RecordedConnection } from '../../src/contracts/transports/recording-gateway.ts';

const KIB = 1024;
const MAX_BACKLOG_BYTES = 2048 * KIB;
const UNLIMITED = { memoryBudget: Number.MAX_SAFE_INTEGER, memoryPerAddress: Number.MAX_SAFE_INTEGER };
const LOST = { by: 'network', code: 1006 } as const;
const CLOSED = { by: 'broker', code: 1008 } as const;

const connection = fc.nat(2);
const size = fc.oneof(fc.integer({ min: 4, max: 400 }), fc.integer({ min: 4, max: 1024 * KIB }));
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ does: fc.constant('send' as const), connection, size, count: fc.integer({ min: 1, max: 600 }) }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('ping' as const), connection }) },
  { weight: 4, arbitrary: fc.record({ does: fc.constant('end turn' as const), connection }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constantFrom('pause' as const, 'resume' as const), connection }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constantFrom('lose' as const, 'close' as const), connection }) },
);

/** One connection, and what it has sent. */
class Client {
  readonly memory = new MemoryBudget(UNLIMITED).open('192.0.2.1');
  readonly reporter: ConnectionReporter;
  readonly recorded: RecordedConnection;
  /** Sizes of the accepted frames. */
  readonly sent: number[] = [];
  pings = 0;
  /** The gateway pauses the connection at each frame whose number is a multiple of this. */
  readonly pausesEach: number;
  isPaused = false;
  isOver = false;

  constructor(loop: Loop, pausesEach: number) {
    this.pausesEach = pausesEach;
    this.reporter = new ConnectionReporter(loop.context, { ...ADMISSION, memory: this.memory });
    const socket: Socket = {
      write: () => 'sent',
      ping: () => undefined,
      close: () => undefined,
      terminate: () => undefined,
      pause: () => this.pause(),
      resume: () => this.reporter.resume(),
    };
    this.reporter.opened(socket);
    this.recorded = loop.gateway.connections.at(-1) as RecordedConnection;
  }

  pause(): void {
    this.isPaused = true;
    this.reporter.pause();
  }

  send(size: number): void {
    const bytes = Buffer.alloc(size, 97);
    bytes.writeUInt32BE(this.sent.length);
    const isKept = this.reporter.frame(bytes, this.sent.length % 2 === 0);
    // The frame is lent.
    bytes.fill(0);
    expect(isKept || this.isPaused).toBe(true);
    if (isKept) this.sent.push(size);
    else this.close();
  }

  close(): void {
    this.isOver = true;
    this.reporter.stopReporting(CLOSED);
  }

  /** Every received frame is the next one that was sent, unchanged. */
  get isInOrder(): boolean {
    return this.recorded.frames.every(({ bytes, isBinary }, n) => {
      const isWhole = bytes.length === this.sent[n] && bytes.subarray(4).every((byte) => byte === 97);
      return isWhole && Buffer.from(bytes).readUInt32BE() === n && isBinary === (n % 2 === 0);
    });
  }

  /** In whole KiB. */
  get waitingBytes(): number {
    const frames = this.sent.slice(this.recorded.frames.length);
    const pings = this.pings - this.recorded.aliveCount;
    const bytes = frames.reduce((sum, size) => sum + size, QUEUED_FRAME_BYTES * (frames.length + pings));
    return KIB * Math.ceil(bytes / KIB);
  }
}

/** An event loop whose turns are passed by hand. */
class Loop {
  readonly gateway = new RecordingGateway();
  readonly #ends: (() => void)[] = [];
  readonly #microtasks: (() => void)[] = [];
  readonly context = {
    gateway: this.gateway,
    defer: (task: () => void): void => void this.#microtasks.push(task),
    maxBacklogBytes: MAX_BACKLOG_BYTES,
    turns: createTurns(
      new InputBudget(
        () => undefined,
        (end) => void this.#ends.push(end),
      ),
    ),
  };
  readonly clients = [0, 1, 7].map((pausesEach) => new Client(this, pausesEach));

  constructor() {
    this.gateway.onFrame = (recorded) => {
      const client = this.clients.find((each) => each.recorded === recorded);
      if (client !== undefined && client.pausesEach > 0 && recorded.frames.length % client.pausesEach === 0) client.pause();
    };
  }

  endTurn(): void {
    for (const end of this.#ends.splice(0)) end();
    for (const task of this.#microtasks.splice(0)) task();
  }

  get isIdle(): boolean {
    return this.#ends.length + this.#microtasks.length === 0;
  }
}

function run(
  loop: Loop,
  step: { readonly does: string; readonly connection: number; readonly size?: number; readonly count?: number },
): void {
  const client = loop.clients[step.connection] as Client;
  if (step.does === 'end turn') return loop.endTurn();
  if (client.isOver) return;
  const { size = 4, count = 1 } = step;
  switch (step.does) {
    case 'send':
      // Not more than 4 MiB.
      for (let n = 0; n < Math.min(count, Math.ceil((4096 * KIB) / size)) && !client.isOver; n++) client.send(size);
      return;
    case 'ping':
      if (client.reporter.controlFrame()) client.pings += 1;
      return;
    case 'pause':
      return client.pause();
    case 'resume':
      client.isPaused = false;
      return client.reporter.resume();
    case 'lose':
      client.isOver = true;
      return client.reporter.closed(LOST);
    default:
      return client.close();
  }
}

it('M23: frames of all connections are handled in order and once, and the waiting ones are counted (B1)', () => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), (steps) => {
      const loop = new Loop();
      for (const each of steps) {
        run(loop, each);
        for (const client of loop.clients) {
          expect(client.isOver || client.memory.bytes === client.waitingBytes).toBe(true);
        }
      }
      do {
        loop.endTurn();
        for (const client of loop.clients) client.reporter.resume();
      } while (!loop.isIdle);
      for (const client of loop.clients) {
        const { recorded, memory } = client;
        expect([client.isInOrder, memory.bytes, recorded.late]).toEqual([true, 0, []]);
        if (!client.isOver) expect([recorded.frames.length, recorded.aliveCount]).toEqual([client.sent.length, client.pings]);
      }
      for (const { reporter } of loop.clients) reporter.closed(LOST);
      loop.endTurn();
      expect(loop.clients.map(({ recorded }) => recorded.closedCount)).toEqual([1, 1, 1]);
      expect(loop.gateway.reentrantCalls).toEqual([]);
    }),
  );
});
