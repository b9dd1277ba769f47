import type { ChildProcess } from 'node:child_process';
import type { LocalHub } from '../../adapters/engines/local/hub.ts';
import { ProcessChannel } from '../../adapters/engines/local/process-channel.ts';
import type { Clock } from '../../application/ports/clock.ts';
import type { Log } from '../../application/ports/log.ts';
import type { ListeningAddress } from '../../application/ports/transport.ts';
import type { Millis } from '../../domain/time.ts';
import { VERSION } from '../version.ts';
import { HangDetector } from './hang-detector.ts';
import type { OptionFiles, WorkerOrder, WorkerReport } from './messages.ts';
import { restartDelay } from './restart-delay.ts';

export interface WorkerPoolParts {
  /** Starts the process of a worker, with an IPC channel of the serialization `advanced`. */
  readonly fork: () => ChildProcess;
  readonly count: number;
  readonly port: number;
  readonly files: OptionFiles;
  /** Undefined if the workers are nodes of a cluster with an engine of its own. */
  readonly hub: LocalHub | undefined;
  readonly log: Log;
  /** Until a worker that does not end by itself is terminated. */
  readonly stopTimeout: Millis;
  /** Of the pings to each worker. One that answers none of several is replaced. */
  readonly pingInterval: Millis;
  readonly clock: Clock;
}

/** A worker has ended before the broker could listen. It has printed the reason. */
export class WorkerStartError extends Error {
  readonly exitCode: number;

  constructor(exitCode: number) {
    super('a worker could not start');
    this.exitCode = exitCode;
  }
}

interface Listening {
  readonly address: ListeningAddress;
  readonly transport: string;
}

/** The place of one worker. Its process may be replaced. */
interface Slot {
  readonly worker: number;
  process: ChildProcess | undefined;
  startedAt: Millis;
  delay: Millis;
  timer: NodeJS.Timeout | undefined;
  /** For the first process: the caller waits for it. */
  first: { readonly resolve: (listening: Listening) => void; readonly reject: (error: WorkerStartError) => void } | undefined;
}

/** The workers of a broker, seen from the primary process. Each one that ends is replaced until the pool is closed. */
export class WorkerPool {
  readonly #parts: WorkerPoolParts;
  readonly #slots: readonly Slot[];
  readonly #hangDetector: HangDetector<ChildProcess>;
  #reloaded: OptionFiles | undefined;
  #isClosing = false;
  #onAllEnded: () => void = () => undefined;

  constructor(parts: WorkerPoolParts) {
    this.#parts = parts;
    this.#hangDetector = new HangDetector({
      ...{ clock: parts.clock, interval: parts.pingInterval },
      ping: (process) => order(process, { do: 'ping' }),
      hangs: (process, silence) => this.#replaceHung(process, silence),
    });
    this.#slots = Array.from({ length: parts.count }, (_, index) => ({
      ...{ worker: index + 1, process: undefined, startedAt: 0, delay: 0, timer: undefined, first: undefined },
    }));
  }

  /** Resolves when all workers listen. @throws WorkerStartError if one ends before. */
  async listen(): Promise<void> {
    const [first, ...others] = this.#slots;
    if (first === undefined) return;
    // One at first, so that a reason not to start is printed once.
    const { address, transport } = await this.#startFirst(first);
    await Promise.all(others.map((slot) => this.#startFirst(slot)));
    this.#parts.log.record({ event: 'listening', address, transport, workers: this.#parts.count });
  }

  /** H12. */
  reloadCertificate(): void {
    this.#orderAll({ do: 'reload-certificate' });
  }

  /** The workers read the options again. */
  reload(files: OptionFiles): void {
    this.#reloaded = files;
    this.#orderAll({ do: 'reload', files });
  }

  /** Drains all workers; resolves when they have ended. */
  async close(): Promise<void> {
    this.#isClosing = true;
    this.#hangDetector.stop();
    const ended = new Promise<void>((resolve) => (this.#onAllEnded = resolve));
    for (const slot of this.#slots) clearTimeout(slot.timer);
    this.#orderAll({ do: 'drain' });
    this.#checkAllEnded();
    const timer = setTimeout(() => this.terminate(), this.#parts.stopTimeout);
    await ended;
    clearTimeout(timer);
  }

  /** Ends all workers at once. */
  terminate(): void {
    this.#isClosing = true;
    this.#hangDetector.stop();
    for (const { process } of this.#slots) process?.kill('SIGKILL');
  }

  #startFirst(slot: Slot): Promise<Listening> {
    return new Promise((resolve, reject) => {
      slot.first = { resolve, reject };
      this.#start(slot);
    });
  }

  #start(slot: Slot): void {
    const process = this.#parts.fork();
    slot.process = process;
    slot.startedAt = performance.now();
    process.on('message', (message: unknown) => {
      if (isReport(message)) this.#receive(slot, process, message);
    });
    process.once('exit', (code, signal) => this.#ended(slot, process, code ?? signal ?? 'unknown'));
    process.on('error', () => {
      // An error of a process that has started is followed by `exit`.
      if (process.pid === undefined) this.#ended(slot, process, 'not started');
    });
  }

  #receive(slot: Slot, process: ChildProcess, report: WorkerReport): void {
    const { count, port, files, hub, log } = this.#parts;
    if (report.say === 'alive') return this.#hangDetector.answered(process);
    if (report.say === 'ready') {
      hub?.connect(report.node, new ProcessChannel(process));
      if (!this.#isClosing) this.#hangDetector.watch(process);
      const start = { worker: slot.worker, workers: count, port, files, reloaded: this.#reloaded, version: VERSION };
      return order(process, { do: 'start', ...start });
    }
    const { first } = slot;
    slot.first = undefined;
    if (first === undefined) log.record({ event: 'worker-replaced', worker: slot.worker, pid: process.pid ?? 0 });
    else first.resolve(report);
  }

  /** Workers ignore the signals that a process can handle. */
  #replaceHung(process: ChildProcess, silence: Millis): void {
    const slot = this.#slots.find((one) => one.process === process);
    if (slot === undefined) return;
    this.#parts.log.record({ event: 'worker-hung', worker: slot.worker, pid: process.pid ?? 0, silence });
    process.kill('SIGKILL');
  }

  #ended(slot: Slot, process: ChildProcess, why: number | string): void {
    if (slot.process !== process) return;
    slot.process = undefined;
    this.#hangDetector.forget(process);
    if (slot.first !== undefined) {
      slot.first.reject(new WorkerStartError(typeof why === 'number' && why > 0 ? why : 1));
      slot.first = undefined;
      this.#isClosing = true;
    }
    if (this.#isClosing) return this.#checkAllEnded();
    slot.delay = restartDelay(slot.delay, performance.now() - slot.startedAt);
    const { worker, delay } = slot;
    this.#parts.log.record({ event: 'worker-ended', worker, pid: process.pid ?? 0, why: String(why), delay });
    slot.timer = setTimeout(() => this.#start(slot), delay);
  }

  #checkAllEnded(): void {
    if (this.#slots.every(({ process }) => process === undefined)) this.#onAllEnded();
  }

  #orderAll(message: WorkerOrder): void {
    for (const { process } of this.#slots) if (process !== undefined) order(process, message);
  }
}

function order(process: ChildProcess, message: WorkerOrder): void {
  // A process that has ended is reported by `exit`.
  if (process.connected) process.send(message, undefined, undefined, () => undefined);
}

function isReport(message: unknown): message is WorkerReport {
  return typeof message === 'object' && message !== null && 'say' in message;
}
