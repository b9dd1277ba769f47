/* The cost of an idle peer. */
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuNanoseconds } from '../generator/cpu.mjs';
import { trial } from '../trial.mjs';
import { figure } from './figure.mjs';

const FULL = { cycles: 5_000, few: 1_000, many: 10_000, most: 19_000 };
const QUICK = { cycles: 500, few: 200, many: 1_000, most: 3_000 };
const KB = 1024;
const REST_MS = { full: 3_000, quick: 250 };

// Open files of a process besides its connections.
const OWN_FILES = 500;

export const idle = {
  name: 'idle',
  title: 'idle peers: 10,000 and 19,000 (--quick: 1,000 and 3,000)',
  subjects: ['signalbox-uws', 'signalbox-node', 'peer', 'bare'],
  drivesServers: true,
  rounds: { full: 2, quick: 1 },
  figures: [
    figure({ name: 'each', title: 'memory per idle peer', unit: 'KB', digits: 2, most: 1.2 }),
    figure({ name: 'many', title: 'RSS at the first number, left alone', unit: 'MB', digits: 1 }),
    figure({ name: 'most', title: 'RSS at the second, left alone', unit: 'MB', digits: 1 }),
    figure({ name: 'cpu', title: 'server CPU at the second', unit: 'ms/s', digits: 2 }),
  ],
  once: ({ subject, isQuick }) =>
    trial(
      subject,
      async ({ server, generator }) => {
        const { cycles, few, many, most } = isQuick ? QUICK : FULL;
        if (openFilesLimit() < most + OWN_FILES) throw new Error(`${most} peers need more open files than the limit, ${openFilesLimit()}: raise ulimit -n`);
        const { port, pid } = server;
        const atRest = async (upTo) => {
          await generator.play('fill', { port, upTo });
          const cpuBefore = cpuNanoseconds(pid);
          const restMs = isQuick ? REST_MS.quick : REST_MS.full;
          await pause(restMs);
          const leftAlone = server.residentKb();
          const cpu = (cpuNanoseconds(pid) - cpuBefore) / 1e6 / (restMs / 1000);
          return { leftAlone, collected: await server.collect(), cpu };
        };
        // V8 compiles, and starts its threads, once: the memory of that is no peer's.
        await generator.play('cycle', { port, cycles });
        const first = await atRest(few);
        const second = await atRest(many);
        const last = await atRest(most);
        const each = (last.collected - first.collected) / (most - few);
        const values = { each, many: second.leftAlone / KB, most: last.leftAlone / KB, cpu: last.cpu };
        return { values, busy: { generator: generator.cores } };
      },
      { isCollectable: true },
    ),
};

function openFilesLimit() {
  const [, hard = '0'] = /^Max open files\s+\S+\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
