/* One run of one server: server and generator are started for it, and stopped afterwards. */
import { median } from './statistics.mjs';
import { Generator } from './generator/start.mjs';
import { startServer } from './servers.mjs';

/**
 * @typedef {object} Outcome the result of one trial
 * @property {Record<string, number>} values by the name of the figure
 * @property {Record<string, number[]>} [slices] the same for each slice, if there are slices
 * @property {{ server?: number, generator: number }} [busy] CPU time over time: 1 is one core
 * @property {{ kind: string, count: number, examples: string[] }[]} faults
 */

/**
 * @param {string} name of the server
 * @param {(parts: { server: Awaited<ReturnType<typeof startServer>>, generator: Generator, another: () => Generator })
 *   => Promise<Omit<Outcome, 'faults'>>} drive
 * @param {{ isCollectable?: boolean, isWatched?: boolean }} [options] see startServer
 * @returns {Promise<Outcome>}
 */
export async function trial(name, drive, options = {}) {
  const server = await startServer(name, options);
  const generators = [];
  const another = () => {
    generators.push(new Generator());
    return generators.at(-1);
  };
  try {
    const outcome = await drive({ server, generator: another(), another });
    return { ...outcome, faults: allFaults(server, generators) };
  } catch (error) {
    const faults = allFaults(server, generators);
    const example = error instanceof Error ? error.message : String(error);
    return { values: {}, faults: [...faults, { kind: 'aborted', count: 1, examples: [example] }] };
  } finally {
    await Promise.all([server.stop(), ...generators.map((generator) => generator.stop())]);
  }
}

/** Server CPU time for one operation, in µs: for all slices together, and for each busy slice. */
export function microsecondsEach(slices) {
  const sum = (of) => slices.reduce((total, slice) => total + slice[of], 0);
  const busy = slices.filter(({ count }) => count > 0 && count >= median(slices.map((slice) => slice.count)) / 2);
  return {
    value: sum('serverNs') / sum('count') / 1000,
    slices: busy.map(({ serverNs, count }) => serverNs / count / 1000),
    busy: { server: sum('serverNs') / 1e6 / sum('ms'), generator: sum('generatorNs') / 1e6 / sum('ms') },
  };
}

function allFaults(server, generators) {
  const faults = generators.flatMap((generator) => generator.faults);
  if (!server.isAlive) faults.push({ kind: 'the server exited', count: 1, examples: [server.errorOutput] });
  return faults;
}
