import { Worker } from 'node:worker_threads';
import type { Change, Journal, ReadMessage, StartTime } from './journal.ts';
import type { ThreadAnswer, ThreadCommand } from './thread-messages.ts';

/** The thread of the built package. */
const BUILT = new URL('./worker.js', import.meta.url);
/** Node 22 and 24 print a warning when its SQLite is loaded. */
const WITHOUT_WARNING = ['--disable-warning=ExperimentalWarning'];

function startThread(): Worker {
  return new Worker(BUILT, { execArgv: WITHOUT_WARNING });
}

/** The journal in a thread of its own. */
export class ThreadJournal implements Journal {
  readonly #path: string;
  readonly #startThread: () => Worker;
  #thread: Worker | undefined;
  /** The callbacks of the commands without an answer, in order. */
  readonly #waiting: ((failure: string | undefined) => void)[] = [];
  #onMessages: (messages: readonly ReadMessage[]) => void = () => undefined;
  /** Why the thread has ended. */
  #end: string | undefined;

  /** @param path of the file of the database. */
  constructor(path: string, start: () => Worker = startThread) {
    this.#path = path;
    this.#startThread = start;
  }

  async open(time: StartTime, onMessages: (messages: readonly ReadMessage[]) => void): Promise<void> {
    this.#onMessages = onMessages;
    const thread = this.#startThread();
    this.#thread = thread;
    thread.on('message', (answer: ThreadAnswer) => this.#receive(answer));
    thread.on('error', (error) => this.#ended(`the thread of the database has failed: ${error.message}`));
    thread.on('exit', () => this.#ended('the thread of the database has ended'));
    try {
      await this.#request({ do: 'open', path: this.#path, time });
    } catch (error) {
      await thread.terminate();
      throw error;
    }
  }

  commit(changes: readonly Change[], done: (failure: string | undefined) => void): void {
    this.#send({ do: 'commit', changes }, done);
  }

  async close(): Promise<void> {
    if (this.#thread === undefined) return;
    if (this.#end === undefined) await this.#request({ do: 'close' });
    await this.#thread.terminate();
  }

  #request(command: ThreadCommand): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#send(command, (failure) => (failure === undefined ? resolve() : reject(new Error(failure))));
    });
  }

  #send(command: ThreadCommand, done: (failure: string | undefined) => void): void {
    const end = this.#end;
    if (end !== undefined) return void setImmediate(() => done(end));
    this.#waiting.push(done);
    this.#thread?.postMessage(command);
  }

  #receive(answer: ThreadAnswer): void {
    if (answer.type === 'read') return this.#onMessages(answer.messages);
    this.#waiting.shift()?.(answer.failure);
  }

  #ended(reason: string): void {
    this.#end ??= reason;
    for (const done of this.#waiting.splice(0)) done(this.#end);
  }
}
