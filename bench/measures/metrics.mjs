/* The cost of the metrics for one message: counted, and also read every second; compared with a broker that counts nothing. */
import { METRICS_TOKEN } from '../tokens.mjs';
import { microsecondsEach, trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const NONE = 'signalbox-uws-none';
/** Its metrics are counted, and never read. */
const COUNTED = 'signalbox-uws';
const SCRAPED = 'signalbox-uws-scraped';
const PEERS = 1_000;
const SCRAPE_MS = 1_000;
const FULL = { warmUpMs: 1_000, slices: 6, sliceMs: 1_000 };
const QUICK = { warmUpMs: 300, slices: 3, sliceMs: 1_000 };

/** Reads the metrics every second, as Prometheus does. @returns the function that ends it, with the number of answers */
function scrape(port) {
  let answers = 0;
  const headers = { authorization: `Bearer ${METRICS_TOKEN}` };
  const read = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers });
    await response.text();
    if (response.ok) answers += 1;
  };
  const timer = setInterval(() => void read().catch(() => undefined), SCRAPE_MS);
  return () => {
    clearInterval(timer);
    return answers;
  };
}

export const metrics = {
  name: 'metrics',
  title: `${PEERS} peers, one message in flight for each; metrics that are read every second, and none`,
  subjects: [NONE, COUNTED, SCRAPED],
  drivesServers: true,
  rounds: { full: 9, quick: 1 },
  figures: [
    figure({
      ...{ name: 'cpu', title: 'server CPU per relay', unit: 'µs', digits: 2 },
      ...{ references: [NONE], goals: { [NONE]: 1.02 }, goalSubject: SCRAPED },
    }),
  ],
  once: ({ subject, isQuick }) =>
    trial(subject, async ({ server: { port, pid }, generator }) => {
      const stop = subject === SCRAPED ? scrape(port) : () => 1;
      const load = { port, pid, peers: PEERS, depth: 1, ...(isQuick ? QUICK : FULL) };
      const { value, slices, busy } = microsecondsEach(await generator.play('relay', load));
      if (stop() === 0) throw new Error('the metrics were never read');
      return { values: { cpu: value }, slices: { cpu: slices }, busy };
    }),
};
