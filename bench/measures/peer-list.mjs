/* The longest pauses of a broker and its engine while a large realm is listed, and while claims of a dead node are removed. */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { startEngine } from '../engines.mjs';
import { cpuNanoseconds } from '../generator/cpu.mjs';
import { end, startModule } from '../processes.mjs';
import { startServer } from '../servers.mjs';
import { figure } from './figure.mjs';

const CLAIMS = new URL('peer-list-claims.mjs', import.meta.url);
const PEERS = { full: 100_000, quick: 10_000 };
const LEASE_MS = 2_000;
/** Claims of a dead node are removed after this number of leases. */
const RETENTION_LEASES = 20;
const REMOVAL_MS = 5_000;
const LISTS = 5;
const MOST_MS = 10;

/** By name: the engine, and the key of the realm or its pattern. */
const REALMS = {
  redis: ['redis', 'peerjs'],
  nats: ['nats', 'peerjs'],
  'redis, realm by pattern': ['redis', 'room-*'],
  'nats, realm by pattern': ['nats', 'room-*'],
};

const limited = (name, title) => figure({ name, title, unit: 'ms', digits: 1, references: [], most: MOST_MS, goalSubject: Object.keys(REALMS) });

export const peerList = {
  name: 'peer-list',
  title: 'a realm of 100,000 peers (--quick: 10,000) of a cluster: GET …/peers, and the removal of the claims of a dead node',
  subjects: Object.keys(REALMS),
  drivesServers: false,
  rounds: { full: 3, quick: 1 },
  figures: [
    limited('list', 'longest turn of the event loop of the broker during a list, CPU'),
    limited('listScript', 'CPU of Redis for each script of a list'),
    limited('removal', 'longest turn of the event loop of the broker while claims are removed, CPU'),
    limited('removalScript', 'CPU of Redis for each script while claims are removed'),
    figure({ name: 'took', title: 'time for a list', unit: 'ms', digits: 0, references: [] }),
    figure({ name: 'engine', title: 'CPU of the engine for a list', unit: 'ms', digits: 1, references: [] }),
  ],
  async once({ subject, isQuick }) {
    const [name, key] = REALMS[subject];
    const peers = isQuick ? PEERS.quick : PEERS.full;
    const started = [];
    try {
      const engine = await startEngine(name);
      started.push(engine);
      const more = ['--cluster', engine.url, '--cluster_lease', String(LEASE_MS), '--key', key, '--allow_discovery'];
      const broker = await startServer('signalbox-uws', { isWatched: true, more });
      started.push(broker);
      const claims = startModule(CLAIMS, [engine.url, key, String(peers), String(LEASE_MS)]);
      started.push({ stop: () => end(claims) });
      await once(claims, 'message');
      const list = () => listPeers(`http://127.0.0.1:${broker.port}/${key.replace('*', '1')}/peers`, peers);
      await list();
      const startedAt = performance.now();
      const listed = await watched({ broker, engine }, async () => {
        for (let n = 0; n < LISTS; n++) await list();
      });
      const took = (performance.now() - startedAt) / LISTS;
      await end(claims);
      await pause(LEASE_MS * RETENTION_LEASES);
      const removed = await watched({ broker, engine }, () => pause(REMOVAL_MS));
      const lists = { list: listed.turn, listScript: listed.script, took, engine: listed.cpu / LISTS };
      return { values: { ...lists, removal: removed.turn, removalScript: removed.script }, faults: [] };
    } catch (error) {
      return { values: {}, faults: [{ kind: 'aborted', count: 1, examples: [String(error)] }] };
    } finally {
      for (const one of started.reverse()) await one.stop();
    }
  },
};

async function listPeers(url, count) {
  const ids = await (await fetch(url)).json();
  if (ids.length !== count) throw new Error(`${ids.length} of ${count} peers are listed`);
}

/** CPU times, because other processes do not affect them. All scripts cost the same, because each examines a part of a realm. */
async function watched({ broker, engine }, work) {
  await broker.longestTurn();
  const [before, scripts] = [cpuNanoseconds(engine.pid), await engine.scriptCount?.()];
  await work();
  const cpu = (cpuNanoseconds(engine.pid) - before) / 1e6;
  const turn = await broker.longestTurn();
  return { turn, cpu, script: scripts === undefined ? Number.NaN : cpu / ((await engine.scriptCount()) - scripts) };
}
