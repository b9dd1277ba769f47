/* What it costs to look for the silent and the expired: the domain itself, on a clock that we turn. */
import { once } from 'node:events';
import { end, startModule } from '../processes.mjs';
import { figure } from './figure.mjs';

const LIVE = { '1,000': 1_000, '10,000': 10_000, '100,000': 100_000 };
const INSIDE = new URL('sweep-inside.mjs', import.meta.url);

const references = ['1,000'];

export const sweep = {
  name: 'sweep',
  title: 'the domain in one process, so many live peers and as many mailboxes',
  subjects: Object.keys(LIVE),
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'nothing', title: 'a sweep that finds nothing', unit: 'µs', digits: 2, references }),
    figure({ name: 'found', title: 'one that finds 100 of each, per peer or mailbox found', unit: 'µs', digits: 2, references }),
  ],
  once: async ({ subject }) => {
    const child = startModule(INSIDE, [String(LIVE[subject])]);
    try {
      const [values] = await Promise.race([once(child, 'message'), failedExit(child)]);
      return { values, faults: [] };
    } catch (error) {
      return { values: {}, faults: [{ kind: 'broken off', count: 1, examples: [String(error)] }] };
    } finally {
      await end(child);
    }
  },
};

async function failedExit(child) {
  const [code] = await once(child, 'exit');
  throw new Error(`the sweep ended with ${code}`);
}
