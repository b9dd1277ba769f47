import { stat } from 'node:fs/promises';
import type { CertificateFiles } from '../adapters/transports/shared/settings.ts';

const INTERVAL_MS = 2_000;

/**
 * H12: notices that the files of a certificate were replaced, also behind symbolic links, as Kubernetes mounts them.
 * Looks at them now and then, because a watch on a file is lost with the file.
 */
export class CertificateWatch {
  readonly #files: CertificateFiles;
  readonly #onChange: () => void;
  #timer: NodeJS.Timeout | undefined;
  #loaded: string | undefined;
  #seen: string | undefined;

  /** @param onChange is called once for each change, when both files have stayed the same for one interval. */
  constructor(files: CertificateFiles, onChange: () => void) {
    this.#files = files;
    this.#onChange = onChange;
  }

  /** What is there now is loaded already. */
  async begin(): Promise<void> {
    this.#loaded = this.#seen = await this.#state();
    // A broker that waits for a renewal is no reason for its process to live.
    this.#timer ??= setInterval(() => void this.look(), INTERVAL_MS).unref();
  }

  end(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** Compares the files with those that are loaded. The timer calls it. */
  async look(): Promise<void> {
    const state = await this.#state();
    // One of the two may be written already, and the other not yet.
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
