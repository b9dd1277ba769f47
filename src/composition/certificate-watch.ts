import { stat } from 'node:fs/promises';
import type { CertificateFiles } from '../adapters/transports/shared/settings.ts';

const INTERVAL_MS = 2_000;

/**
 * H12: detects that the files of a certificate were replaced, also behind symbolic links, as Kubernetes mounts them.
 * Polls, because a file-system watch ends when its file is replaced.
 */
export class CertificateWatch {
  readonly #files: CertificateFiles;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #loaded: string | undefined;
  #seen: string | undefined;

  /** @param onChange is called once for each change, after both files have been unchanged for one interval. */
  constructor(files: CertificateFiles, onChange: () => void) {
    this.#files = files;
    this.#onChange = onChange;
  }

  /** Takes the current files as loaded, and starts the timer. */
  async begin(): Promise<void> {
    this.#loaded = this.#seen = await this.#state();
    // The timer does not keep the process alive.
    this.#timer ??= setInterval(() => void this.look(), INTERVAL_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Compares the files with the loaded ones. Called by the timer. */
  async look(): Promise<void> {
    const state = await this.#state();
    // A renewal writes two files; one interval without a change means that both are complete.
    const isSettled = state === this.#seen;
    this.#seen = state;
    if (!isSettled || state === this.#loaded) return;
    this.#loaded = state;
    this.#onChange();
  }

  async #state(): Promise<string> {
    const { keyFile, certFile } = this.#files;
    const states = await Promise.all([keyFile, certFile].map(stateOf));
    return states.join(' ');
  }
}

/** Differs when a file was replaced or written to. */
async function stateOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs } = await stat(file);
    return `${ino}/${size}/${mtimeMs}`;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unreadable';
  }
}
