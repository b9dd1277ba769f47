import { InputBudget, type DeferredInput } from './input-budget.ts';

/** A request, a handshake, a registration, or the end of a connection. */
interface Task {
  readonly cost: number;
  readonly bytes: number;
  readonly run: () => void;
}

/** M23: the bounds of one turn of the event loop. The connections of a transport share it. */
export interface Turns {
  readonly budget: InputBudget;
  readonly tasks: TurnTasks;
  /**
   * Requests have a budget of their own, so that frames of other connections delay none: uWebSockets.js cuts a connection that
   * sends a request ahead of a response that waits.
   */
  readonly requests: TurnTasks;
}

/** @param budget of frames, and of the beginnings and ends of connections. */
export function createTurns(budget: InputBudget): Turns {
  return { budget, tasks: new TurnTasks(budget), requests: new TurnTasks(new InputBudget()) };
}

/** Of requests that wait. Further requests are handled in the same turn. */
const MAX_WAITING_BYTES = 16 * 1024 * 1024;

/** Units of the budget (`InputBudget`). `socket`: the end of a TCP connection, which is reported as closed afterwards. */
export const TASK_COST = { handshake: 100, open: 50, close: 40, request: 40, socket: 10 } as const;

/** The memory of a request that waits for a later turn (estimate). */
export const WAITING_REQUEST_BYTES = 4 * 1024;

/**
 * M23: requests, and beginnings and ends of connections, beyond the budget of a turn, in the order of their arrival. The network
 * delivers thousands of them at once when a proxy or a network restarts.
 */
export class TurnTasks implements DeferredInput {
  /** The tasks of many connections share it. */
  readonly share = 1_000;
  readonly #budget: InputBudget;
  #tasks: (Task | undefined)[] = [];
  /** Index of the oldest task. */
  #first = 0;
  #waitingBytes = 0;
  /** A task that waited is running. */
  #isRunning = false;

  constructor(budget: InputBudget) {
    this.#budget = budget;
  }

  /**
   * The next step of a task that waited belongs to that task: the opening of a connection to its handshake.
   * @returns whether the caller may run a task in this turn; else the caller must call `defer`.
   */
  admits(cost: number): boolean {
    if (this.#isRunning) {
      this.spend(cost);
      return true;
    }
    return this.#first === this.#tasks.length && this.#budget.admits(this, cost);
  }

  /** Runs a task in a later turn. @param bytes the memory that the task holds. */
  defer(cost: number, run: () => void, bytes = 0): void {
    while (this.#waitingBytes + bytes > MAX_WAITING_BYTES && this.nextCost !== undefined) this.handleNext();
    this.#tasks.push({ cost, bytes, run });
    this.#waitingBytes += bytes;
    this.#budget.defer(this);
  }

  /** Runs a task now or in a later turn. */
  run(cost: number, task: () => void, bytes = 0): void {
    if (this.admits(cost)) task();
    else this.defer(cost, task, bytes);
  }

  /** Counts further work for a task that was run in this turn. */
  spend(units: number): void {
    this.#budget.spend(this, units);
  }

  /** Runs all tasks that wait, because the transport stops. */
  flush(): void {
    this.#budget.flush();
  }

  get nextCost(): number | undefined {
    return this.#tasks[this.#first]?.cost;
  }

  handleNext(): void {
    const task = this.#tasks[this.#first];
    if (task === undefined) return;
    this.#tasks[this.#first] = undefined;
    this.#first += 1;
    this.#waitingBytes -= task.bytes;
    if (this.#first === this.#tasks.length) {
      this.#tasks = [];
      this.#first = 0;
    }
    this.#isRunning = true;
    try {
      task.run();
    } finally {
      this.#isRunning = false;
    }
  }
}
