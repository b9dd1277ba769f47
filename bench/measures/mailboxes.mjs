/* The cost of a message for an absent peer in each mailbox store: put, then fetched. */
import { SQLITE_NODE_PATH } from '../../scripts/ensure-sqlite.mjs';
import { startEngine } from '../engines.mjs';
import { figure } from './figure.mjs';
import { measuredInside } from './inside.mjs';

const INSIDE = new URL('mailboxes-inside.mjs', import.meta.url);
const MESSAGES = { full: 100_000, quick: 10_000 };

const references = ['memory'];

export const mailboxes = {
  name: 'mailboxes',
  title: 'messages of 677 bytes for absent peers, 20 for each, 50 in a turn of the event loop: put, then fetched',
  subjects: ['memory', 'sqlite', 'redis'],
  drivesServers: false,
  rounds: { full: 5, quick: 1 },
  figures: [
    figure({ name: 'put', title: 'messages put per ms', unit: '', digits: 1, references }),
    figure({ name: 'drain', title: 'messages fetched per ms', unit: '', digits: 1, references }),
    figure({ name: 'cpu', title: 'CPU per message, all threads and the engine', unit: 'µs', digits: 1, references }),
    figure({ name: 'loop', title: 'CPU of the event loop per message', unit: 'µs', digits: 1, references }),
    figure({ name: 'turn', title: 'longest turn of the event loop, CPU', unit: 'ms', digits: 2, references }),
  ],
  async once({ subject, isQuick }) {
    const engine = subject === 'redis' ? await startEngine('redis') : undefined;
    if (SQLITE_NODE_PATH !== undefined) process.env.NODE_PATH = SQLITE_NODE_PATH;
    try {
      const messages = String(isQuick ? MESSAGES.quick : MESSAGES.full);
      return await measuredInside(INSIDE, [subject, messages, engine?.url ?? '', String(engine?.pid ?? '')]);
    } finally {
      await engine?.stop();
    }
  },
};
