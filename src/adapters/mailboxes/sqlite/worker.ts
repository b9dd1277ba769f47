import { parentPort } from 'node:worker_threads';
import { loadDriver } from './driver.ts';
import { CommandHandler } from './command-handler.ts';
import type { ThreadCommand } from './thread-messages.ts';

/* The thread of the database, so that no call of SQLite and no disk blocks the event loop of the broker. */

const handler = new CommandHandler(loadDriver, (answer) => parentPort?.postMessage(answer));
parentPort?.on('message', (command: ThreadCommand) => handler.handle(command));
