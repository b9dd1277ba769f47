/* A measured time in slices: the operations of each, and their CPU time or instructions at server and generator. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { cpuNanoseconds } from './cpu.mjs';
import { instructionsOf, startCounting } from './instructions.mjs';

/**
 * @typedef {object} Slice
 * @property {number} count operations
 * @property {number} serverNs CPU time of the server
 * @property {number} generatorNs CPU time of this process
 * @property {number} ms duration of the slice
 * @property {number} [instructions] instructions of the server, if it is `isCounted`
 */

/**
 * @param {object} options
 * @param {number | number[]} options.pid of the server, or of all brokers and engines of a cluster
 * @param {() => number} options.done the number of operations so far
 * @param {number} options.sliceMs
 * @param {boolean} [options.isCounted] whether the server runs under callgrind
 * @param {(slices: Slice[]) => boolean} options.isOver called after each slice
 * @returns {Promise<Slice[]>}
 */
export async function inSlices({ pid, done, sliceMs, isOver, isCounted = false }) {
  const slices = [];
  if (isCounted) startCounting(pid);
  const read = () => ({ ...reading(pid, done), ...(isCounted ? { instructions: instructionsOf(pid) } : {}) });
  let before = read();
  do {
    await pause(sliceMs);
    const after = read();
    slices.push({
      count: after.count - before.count,
      serverNs: after.serverNs - before.serverNs,
      generatorNs: after.generatorNs - before.generatorNs,
      ms: after.at - before.at,
      ...(isCounted ? { instructions: after.instructions - before.instructions } : {}),
    });
    before = after;
  } while (!isOver(slices));
  return slices;
}

/**
 * Measures a load after its warm-up, and stops it.
 * @param {{ arrived: number, start: () => void, stop: () => unknown }} load `arrived`: messages so far
 * @param {{ pid: number | number[], warmUpMs: number, slices: number, sliceMs: number, isCounted?: boolean }} options
 * @returns {Promise<Slice[]>}
 */
export async function slicesOfLoad(load, { pid, warmUpMs, slices, sliceMs, isCounted }) {
  load.start();
  await pause(warmUpMs);
  const isOver = (sofar) => sofar.length >= slices;
  const measured = await inSlices({ pid, done: () => load.arrived, sliceMs, isOver, isCounted });
  await load.stop();
  return measured;
}

function reading(pid, done) {
  const serverNs = [pid].flat().reduce((sum, one) => sum + cpuNanoseconds(one), 0);
  return { count: done(), serverNs, generatorNs: cpuNanoseconds('self'), at: performance.now() };
}
