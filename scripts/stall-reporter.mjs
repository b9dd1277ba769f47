/* For vitest: ends a run of which nothing is heard any more, and says where it hangs. A test that spins, no timeout ends. */
import { clearTimeout, setTimeout } from 'node:timers';

/** More than the slowest test needs, on a slow machine. */
const SILENCE_MS = 15 * 60_000;

export default class SilenceReporter {
  #timer;
  #open = new Set();

  onInit() {
    this.#heard();
  }

  onTestModuleStart(module) {
    this.#open.add(module.relativeModuleId);
    this.#heard();
  }

  onTestCaseResult() {
    this.#heard();
  }

  onTestModuleEnd(module) {
    this.#open.delete(module.relativeModuleId);
    this.#heard();
  }

  onTestRunEnd() {
    clearTimeout(this.#timer);
  }

  #heard() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#end(), SILENCE_MS);
  }

  #end() {
    const files = [...this.#open].join(', ') || 'no test file';
    console.error(`nothing was heard for ${SILENCE_MS / 60_000} min, in ${files}: the run is ended`);
    // To close would be to wait for the one that hangs; whoever has started this run ends what is left of it.
    process.exit(1);
  }
}
