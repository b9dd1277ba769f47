/* A vitest reporter that ends a stalled run and names the open test files, because no timeout ends a busy loop. */
import { clearTimeout, setTimeout } from 'node:timers';

/** More than the slowest test needs, on a slow machine. */
const STALL_MS = 15 * 60_000;

export default class StallReporter {
  #timer;
  #open = new Set();

  onInit() {
    this.#restartTimer();
  }

  onTestModuleStart(module) {
    this.#open.add(module.relativeModuleId);
    this.#restartTimer();
  }

  onTestCaseResult() {
    this.#restartTimer();
  }

  onTestModuleEnd(module) {
    this.#open.delete(module.relativeModuleId);
    this.#restartTimer();
  }

  onTestRunEnd() {
    clearTimeout(this.#timer);
  }

  #restartTimer() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), STALL_MS);
  }

  #end() {
    const files = [...this.#open].join(', ') || 'no test file';
    console.error(`no test result for ${STALL_MS / 60_000} min in ${files}: the run is ended`);
    // A regular close would wait for the stalled worker; the parent process kills it.
    process.exit(1);
  }
}
