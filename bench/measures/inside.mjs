/* Measures without a server: a module in a process of its own does the work and sends its values. */
import { once } from 'node:events';
import { end, startModule } from '../processes.mjs';

/** @param {URL} module @param {string[]} args @returns {Promise<import('../trial.mjs').Outcome>} */
export async function measuredInside(module, args) {
  const child = startModule(module, args);
  try {
    const [values] = await Promise.race([once(child, 'message'), failedExit(child)]);
    return { values, faults: [] };
  } catch (error) {
    return { values: {}, faults: [{ kind: 'aborted', count: 1, examples: [String(error)] }] };
  } finally {
    await end(child);
  }
}

async function failedExit(child) {
  const [code] = await once(child, 'exit');
  throw new Error(`the measuring process exited with code ${code}`);
}
