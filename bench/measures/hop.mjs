/* The cost of a message between two worker threads: docs/performance.md, "More than one core". */
import { figure } from './figure.mjs';
import { measuredInside } from './inside.mjs';

const INSIDE = new URL('hop-inside.mjs', import.meta.url);

const references = ['string'];

export const hop = {
  name: 'hop',
  title: 'one worker sends 677 bytes to another',
  subjects: ['string', 'bytes', '16 strings'],
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'alone', title: 'CPU per message, one in flight', unit: 'µs', digits: 2, references }),
    figure({ name: 'busy', title: 'CPU per message, 64 in flight', unit: 'µs', digits: 2, references }),
  ],
  once: ({ subject, isQuick }) => measuredInside(INSIDE, [subject, isQuick ? '20000' : '200000']),
};
