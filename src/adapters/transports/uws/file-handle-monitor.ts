import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import type { Millis } from '../../../domain/time.ts';
import type { Log } from '../../../application/ports/log.ts';
import { openFileLimit } from '../shared/open-files.ts';

/** File handles that must be free before connections are accepted again. */
const MARGIN = 16;
const INTERVAL: Millis = 1_000;
/** A check costs as much as a tenth of a handshake, so connections that arrive within this time share one. */
const CHECK_DELAY: Millis = 10;
const LOG_INTERVAL: Millis = 60_000;

/** Checks whether this number of file handles can be opened now. */
export function canOpen(count: number): boolean {
  const open: number[] = [];
  try {
    while (open.length < count) open.push(openSync(devNull, 'r'));
    return true;
  } catch {
    return false;
  } finally {
    for (const handle of open) closeSync(handle);
  }
}

/** The socket on which connections are accepted. */
export interface ListenSocket {
  close(): void;
  /** Resolves to true if the socket is open again. */
  open(): Promise<boolean>;
}

/**
 * Closes the listen socket while the process has no free file handle. Otherwise the library would retry the accept in every turn
 * of the event loop, which occupies a core. Logs that at most once a minute.
 */
export class FileHandleMonitor {
  readonly #listenSocket: ListenSocket;
  readonly #log: Log | undefined;
  /** Read at the start, because no file can be opened later. */
  readonly #openFiles = openFileLimit();
  readonly #canOpen: (count: number) => boolean;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;
  #isScheduled = false;
  #isLogged = false;

  constructor(listenSocket: ListenSocket, log: Log | undefined, canOpenHandles = canOpen) {
    this.#listenSocket = listenSocket;
    this.#log = log;
    this.#canOpen = canOpenHandles;
    this.#timer = setInterval(() => void this.#check(), INTERVAL).unref();
  }

  /** Checks soon, once for all connections that are accepted meanwhile. */
  accepted(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    setTimeout(() => {
      this.#isScheduled = false;
      void this.#check();
    }, CHECK_DELAY).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #check(): Promise<void> {
    if (this.#timer === undefined) return;
    if (!this.#isClosed && !this.#canOpen(1)) {
      this.#isClosed = true;
      this.#listenSocket.close();
      this.#record();
    } else if (this.#isClosed && this.#canOpen(MARGIN)) this.#isClosed = !(await this.#listenSocket.open());
  }

  #record(): void {
    if (this.#isLogged) return;
    this.#isLogged = true;
    setTimeout(() => (this.#isLogged = false), LOG_INTERVAL).unref();
    this.#log?.record({ event: 'accept-suspended', openFiles: this.#openFiles });
  }
}
