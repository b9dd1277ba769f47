/* The cost of a cluster, for docs/cluster.md. */
import { startEngine } from '../engines.mjs';
import { Generator } from '../generator/start.mjs';
import { startServer } from '../servers.mjs';
import { microsecondsEach } from '../trial.mjs';
import { figure } from './figure.mjs';

const PEERS = 300;
const PER_SECOND = 1_000;
// Links and lanes open within the warm-up.
const FULL = { warmUpMs: 3_000, slices: 5, sliceMs: 500, spanMs: 3_000 };
const QUICK = { warmUpMs: 300, slices: 2, sliceMs: 250, spanMs: 700 };

/** By name: the engine, the number of brokers, whether pairs are connected to the same one, and whether brokers have links. */
const CLUSTERS = {
  alone: { brokers: 1, isNear: true },
  'redis, 1 broker': { engine: 'redis', brokers: 1, isNear: true },
  'redis, 2 brokers, near': { engine: 'redis', brokers: 2, isNear: true },
  'redis, 3 brokers, near': { engine: 'redis', brokers: 3, isNear: true },
  'redis, 2 brokers, apart': { engine: 'redis', brokers: 2, isNear: false },
  'redis, 3 brokers, apart': { engine: 'redis', brokers: 3, isNear: false },
  'redis, 2 brokers, apart, links': { engine: 'redis', brokers: 2, isNear: false, hasLinks: true },
  'redis, 3 brokers, apart, links': { engine: 'redis', brokers: 3, isNear: false, hasLinks: true },
  'nats, 2 brokers, near': { engine: 'nats', brokers: 2, isNear: true },
  'nats, 2 brokers, apart': { engine: 'nats', brokers: 2, isNear: false },
  'nats, 3 brokers, apart': { engine: 'nats', brokers: 3, isNear: false },
  'nats, 2 brokers, apart, links': { engine: 'nats', brokers: 2, isNear: false, hasLinks: true },
  'nats, 3 brokers, apart, links': { engine: 'nats', brokers: 3, isNear: false, hasLinks: true },
};

const references = ['alone'];

export const cluster = {
  name: 'cluster',
  title: `${PEERS} peers at one broker or several; near: pairs at the same broker, apart: at two`,
  subjects: Object.keys(CLUSTERS),
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    figure({ name: 'cpu', title: 'CPU of brokers and engine per relay', unit: 'µs', digits: 1, references }),
    figure({ name: 'cpu8', title: 'the same, eight messages in flight for each', unit: 'µs', digits: 1, references }),
    figure({ name: 'rate', title: 'relays per ms, one message in flight for each', unit: '', digits: 1, references }),
    figure({ name: 'p50', title: `p50 at ${PER_SECOND} messages/s`, unit: 'µs', digits: 0, references }),
    figure({ name: 'p99', title: `p99 at ${PER_SECOND} messages/s`, unit: 'µs', digits: 0, references }),
  ],
  async once({ subject, isQuick }) {
    const span = isQuick ? QUICK : FULL;
    const started = [];
    const faults = [];
    try {
      const { load, pids } = await start(CLUSTERS[subject], started);
      const play = async (scenario, more) => {
        const generator = new Generator();
        started.push(generator);
        const result = await generator.play(scenario, { ...load, pid: pids, ...span, ...more });
        faults.push(...generator.faults);
        await generator.stop();
        return result;
      };
      const slices = await play('relay', { peers: PEERS, depth: 1 });
      const eight = microsecondsEach(await play('relay', { peers: PEERS, depth: 8 }));
      const { times } = await play('latency', { peers: PEERS, perSecond: PER_SECOND });
      const cpu = microsecondsEach(slices);
      const rates = slices.map(({ count, ms }) => count / ms);
      const rate = rates.reduce((sum, one) => sum + one, 0) / rates.length;
      const values = { cpu: cpu.value, cpu8: eight.value, rate, p50: times.p50 * 1000, p99: times.p99 * 1000 };
      return { values, slices: { cpu: cpu.slices, cpu8: eight.slices }, busy: cpu.busy, faults };
    } catch (error) {
      return { values: {}, faults: [...faults, { kind: 'aborted', count: 1, examples: [String(error)] }] };
    } finally {
      await Promise.all(started.map((one) => one.stop()));
    }
  },
};

async function start({ engine, brokers, isNear, hasLinks = false }, started) {
  const more = [];
  const pids = [];
  if (engine !== undefined) {
    const shared = await startEngine(engine);
    started.push(shared);
    pids.push(shared.pid);
    more.push('--cluster', shared.url, '--mailbox_messages', '10000');
  }
  const ports = [];
  for (let n = 0; n < brokers; n++) {
    const link = (port) => (hasLinks ? ['--cluster_link', `http://127.0.0.1:${port}`] : []);
    const server = await startServer('signalbox-uws', { more: (port) => [...more, ...link(port)] });
    started.push(server);
    pids.push(server.pid);
    ports.push(server.port);
  }
  return { load: { port: ports, isNear }, pids };
}
