import { constants } from 'node:os';
import { isatty } from 'node:tty';
import type { Log } from '../application/ports/log.ts';

const SIGNAL_EXIT_BASE = 128;
const STDIN = 0;

// npm forwards a Ctrl-C that the terminal has already sent to the whole process group.
const DUPLICATE_SIGNAL_MS = 500;

// After the shutdown the process ends when the log is flushed, or at the latest after this time.
const LOG_FLUSH_MS = 1000;

/** A broker in this process, or in worker processes. */
export interface StoppableBroker {
  /** Drains and stops. */
  close(): Promise<void>;
  reloadCertificate(): Promise<void> | void;
  /** Called before this process ends at once. */
  terminate?(): void;
}

type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGQUIT' | 'SIGHUP';

/**
 * SIGTERM, SIGINT and SIGQUIT drain the broker; a second one ends the process at once. SIGHUP reloads the certificate and the
 * options, or drains when the terminal was closed. SIGUSR1 and SIGUSR2 are ignored, because by default they open a debugger or
 * end the process.
 */
export function handleSignals(broker: StoppableBroker, log: Log, reloadOptions: () => void): void {
  const stop = stopHandler(broker);
  const hadTerminal = isatty(STDIN);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGQUIT'] as const) process.on(signal, stop);
  process.on('SIGHUP', () => {
    const isHungUp = hadTerminal && !isatty(STDIN);
    if (isHungUp) return stop('SIGHUP');
    void broker.reloadCertificate();
    reloadOptions();
  });
  for (const signal of ['SIGUSR1', 'SIGUSR2'] as const) {
    if (process.platform !== 'win32') process.on(signal, () => log.record({ event: 'signal-ignored', signal }));
  }
}

function stopHandler(broker: StoppableBroker): (signal: StopSignal) => void {
  let drainingSince: number | undefined;
  return (signal) => {
    const now = performance.now();
    if (drainingSince === undefined) {
      drainingSince = now;
      void broker.close().then(() => setTimeout(() => process.exit(), LOG_FLUSH_MS).unref());
      return;
    }
    const isEcho = signal === 'SIGINT' && process.stdin.isTTY && now - drainingSince < DUPLICATE_SIGNAL_MS;
    if (isEcho) return;
    broker.terminate?.();
    process.exit(SIGNAL_EXIT_BASE + constants.signals[signal]);
  };
}
