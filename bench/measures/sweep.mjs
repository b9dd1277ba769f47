/* The cost of a sweep for idle peers and expired messages: the domain alone, on a manual clock. */
import { figure } from './figure.mjs';
import { measuredInside } from './inside.mjs';

const LIVE = { '1,000': 1_000, '10,000': 10_000, '100,000': 100_000 };
const INSIDE = new URL('sweep-inside.mjs', import.meta.url);

const references = ['1,000'];

export const sweep = {
  name: 'sweep',
  title: 'the domain in one process, with this number of live peers and of mailboxes',
  subjects: Object.keys(LIVE),
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'nothing', title: 'a sweep that finds nothing', unit: 'µs', digits: 2, references }),
    figure({ name: 'found', title: 'one that finds 100 of each and pings 100 peers, per peer or mailbox found', unit: 'µs', digits: 2, references }),
  ],
  once: ({ subject }) => measuredInside(INSIDE, [String(LIVE[subject])]),
};
