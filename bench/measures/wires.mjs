/* The cost of publications on each wire with topics, beside other brokers of the same wire. */
import { Generator } from '../generator/start.mjs';
import { startServer } from '../servers.mjs';
import { startTopicBroker } from '../topic-brokers.mjs';
import { microsecondsEach } from '../trial.mjs';
import { figure } from './figure.mjs';

const LISTENERS = 100;
const DEPTH = 8;
const FULL = { warmUpMs: 2_000, slices: 4, sliceMs: 400 };
const QUICK = { warmUpMs: 200, slices: 2, sliceMs: 200 };
const OPTIONS = ['--dialects', 'mercure,socketio,centrifuge,nats,supabase,mqtt', '--mercure_open', '--history_messages', '0'];

/** By name: the wire, and the broker if it is another one. */
const SUBJECTS = {
  mosquitto: { wire: 'mqtt', broker: 'mosquitto' },
  'nats-server': { wire: 'nats', broker: 'nats-server' },
  mqtt: { wire: 'mqtt' },
  nats: { wire: 'nats' },
  centrifuge: { wire: 'centrifuge' },
  supabase: { wire: 'supabase' },
  socketio: { wire: 'socketio' },
  mercure: { wire: 'mercure' },
};

const references = ['mosquitto', 'nats-server'];

export const wires = {
  name: 'wires',
  title: `one publisher of 300 bytes, ${DEPTH} publications in flight, 1 or ${LISTENERS} listeners`,
  subjects: Object.keys(SUBJECTS),
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'cpu-1', title: 'broker CPU per delivery, 1 listener', unit: 'µs', digits: 2, references }),
    figure({ name: 'rate-1', title: 'publications per ms, 1 listener', unit: '', digits: 1, references }),
    figure({ name: 'cpu-many', title: `broker CPU per delivery, ${LISTENERS} listeners`, unit: 'µs', digits: 2, references }),
    figure({ name: 'rate-many', title: `publications per ms, ${LISTENERS} listeners`, unit: '', digits: 2, references }),
  ],
  async once({ subject, isQuick }) {
    const { wire, broker } = SUBJECTS[subject];
    const span = isQuick ? QUICK : FULL;
    const started = [];
    const faults = [];
    try {
      const server = broker === undefined ? await startServer('signalbox-uws', { more: OPTIONS }) : await startTopicBroker(broker);
      started.push(server);
      const play = async (listeners) => {
        const generator = new Generator();
        started.push(generator);
        const { port, pid, target } = server;
        const slices = await generator.play('publish', { port, pid, target, wire, listeners, depth: DEPTH, ...span });
        faults.push(...generator.faults);
        const publications = slices.map(({ count, ms }) => count / listeners / ms);
        const rate = publications.reduce((sum, one) => sum + one, 0) / slices.length;
        return { ...microsecondsEach(slices), rate };
      };
      const [one, many] = [await play(1), await play(LISTENERS)];
      const values = { 'cpu-1': one.value, 'rate-1': one.rate, 'cpu-many': many.value, 'rate-many': many.rate };
      return { values, slices: { 'cpu-1': one.slices, 'cpu-many': many.slices }, busy: many.busy, faults };
    } catch (error) {
      return { values: {}, faults: [...faults, { kind: 'aborted', count: 1, examples: [String(error)] }] };
    } finally {
      await Promise.all(started.map((one) => one.stop()));
    }
  },
};
