/* Starts and controls the generator process. */
import { clearTimeout, setTimeout } from 'node:timers';
import { end, startModule } from '../processes.mjs';

const MAIN = new URL('main.mjs', import.meta.url);

export class Generator {
  /** The faults so far. @type {{ kind: string, count: number, examples: string[] }[]} */
  faults = [];
  /** CPU time over time in the last scenario: 1 is one core. */
  cores = 0;
  #child = startModule(MAIN);

  /**
   * Runs a scenario. @param {string} scenario @param {object} options @param {number} deadlineMs
   * @returns {Promise<any>} the result of the scenario. @throws Error if it fails or exceeds the deadline
   */
  play(scenario, options, deadlineMs = 60_000) {
    return new Promise((resolve, reject) => {
      const settle = (action) => {
        clearTimeout(deadline);
        this.#child.removeAllListeners('message').removeListener('exit', onExit);
        action();
      };
      const onExit = () => settle(() => reject(new Error(`the generator ended during ${scenario}`)));
      const late = () => settle(() => reject(new Error(`${scenario} took more than ${deadlineMs} ms`)));
      const deadline = setTimeout(late, deadlineMs);
      this.#child.once('exit', onExit);
      this.#child.once('message', ({ result, error, cores, faults }) => {
        this.faults = faults;
        this.cores = cores;
        settle(() => (error === undefined ? resolve(result) : reject(new Error(error))));
      });
      this.#child.send({ scenario, options });
    });
  }

  stop() {
    return end(this.#child);
  }
}
