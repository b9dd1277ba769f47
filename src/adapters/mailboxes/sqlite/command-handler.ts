import { MailboxDatabase } from './database.ts';
import type { OpenConnection } from './driver.ts';
import type { ThreadAnswer, ThreadCommand } from './thread-messages.ts';

/** Carries out the commands for the database, in its thread. */
export class CommandHandler {
  readonly #loadDriver: () => OpenConnection;
  readonly #answer: (answer: ThreadAnswer) => void;
  #database: MailboxDatabase | undefined;

  constructor(loadDriver: () => OpenConnection, answer: (answer: ThreadAnswer) => void) {
    this.#loadDriver = loadDriver;
    this.#answer = answer;
  }

  handle(command: ThreadCommand): void {
    let failure: string | undefined;
    try {
      this.#perform(command);
    } catch (error) {
      failure = error instanceof Error ? error.message : String(error);
    }
    this.#answer({ type: 'done', failure });
  }

  #perform(command: ThreadCommand): void {
    if (command.do === 'open') {
      this.#database = new MailboxDatabase(command.path, this.#loadDriver());
      for (const messages of this.#database.read(command.time)) this.#answer({ type: 'read', messages });
    } else if (command.do === 'commit') this.#database?.commit(command.changes);
    else this.#database?.close();
  }
}
