import type { ManualClock } from '../../../src/adapters/clocks/manual.ts';
import type { BusListener, BusMessage } from '../../../src/application/ports/node-bus.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { EngineCommand, EngineState } from './engine-state.ts';
import type { NodeProcess } from './node-process.ts';
import type { EngineConnection } from './simulated-engine.ts';

/** A command without a reply. */
interface PendingCommand {
  command: EngineCommand;
  /** Incremented with each run. Only the reply of the last run is delivered. */
  runs: number;
}

/**
 * The connection between a node and the engine. Traffic keeps its order, is delayed, and waits while the connection is cut. Bus
 * messages use a connection of their own.
 */
export class SimulatedConnection implements EngineConnection {
  delay: Millis = 1;
  busDelay: Millis = 1;
  listener: BusListener | undefined;
  /** Number of cuts. */
  cuts = 0;
  readonly #clock: ManualClock;
  readonly #process: NodeProcess;
  readonly #state: EngineState;
  readonly #pending = new Set<PendingCommand>();
  #isCut = false;
  #isDead = false;
  #lastTo: Millis = 0;
  #lastFrom: Millis = 0;
  #lastBusMessage: Millis = 0;
  #waiting: (() => void)[] = [];

  constructor(clock: ManualClock, process: NodeProcess, state: EngineState) {
    this.#clock = clock;
    this.#process = process;
    this.#state = state;
  }

  get isCut(): boolean {
    return this.#isCut || this.#isDead;
  }

  cut(): void {
    if (!this.#isCut) this.cuts += 1;
    this.#isCut = true;
  }

  restore(): void {
    if (!this.#isCut) return;
    this.#isCut = false;
    for (const step of this.#waiting.splice(0)) step();
    this.#process.run('engine', () => this.listener?.onMessagesLost());
  }

  /** This engine always has a leader. */
  dropInFlight(): void {
    return;
  }

  /** Drops all traffic in both directions, because the node is killed. */
  kill(): void {
    this.#isDead = true;
    this.#waiting = [];
  }

  /** Sends a command. Its reply arrives once. */
  send(command: EngineCommand): void {
    const pending = { command, runs: 0 };
    this.#pending.add(pending);
    this.#toEngine(() => this.#run(pending));
  }

  /**
   * The engine has lost commands, so those without a reply are retried first. To be called while the connection is cut.
   * @param hasForgotten whether the engine has lost all data.
   */
  retry(isLost: (command: EngineCommand) => boolean, hasForgotten: boolean): void {
    const retried = [...this.#pending].filter(({ command, runs }) => runs > 0 && isLost(command));
    for (const pending of retried) {
      pending.runs += 1;
      const { ifForgotten } = pending.command;
      if (hasForgotten && ifForgotten !== undefined) pending.command = { operation: () => ifForgotten };
    }
    this.#waiting.unshift(...retried.map((pending) => () => this.#run(pending)));
  }

  /** Sends a bus message on a separate connection, so it may overtake replies and be overtaken. */
  sendBusMessage(word: BusMessage): void {
    if (this.isCut) return;
    this.#lastBusMessage = Math.max(this.#lastBusMessage, this.#clock.now() + this.busDelay);
    this.#clock.wakeAt(this.#lastBusMessage, () => {
      if (!this.isCut) this.#process.run('bus', () => this.listener?.onMessage(word));
    });
  }

  #run(pending: PendingCommand): void {
    const run = (pending.runs += 1);
    this.#state.run(pending.command, (deliver) =>
      this.#fromEngine(() => {
        if (run !== pending.runs || !this.#pending.delete(pending)) return;
        this.#process.run('engine', deliver);
      }),
    );
  }

  #toEngine(ask: () => void): void {
    this.#whenConnected(() => {
      this.#lastTo = Math.max(this.#lastTo, this.#clock.now() + this.delay);
      this.#at(this.#lastTo, ask);
    });
  }

  #fromEngine(answer: () => void): void {
    this.#whenConnected(() => {
      this.#lastFrom = Math.max(this.#lastFrom, this.#clock.now() + this.delay);
      this.#at(this.#lastFrom, answer);
    });
  }

  #at(moment: Millis, step: () => void): void {
    this.#clock.wakeAt(moment, () => this.#whenConnected(step));
  }

  #whenConnected(step: () => void): void {
    if (this.#isDead) return;
    if (this.#isCut) this.#waiting.push(step);
    else step();
  }
}
