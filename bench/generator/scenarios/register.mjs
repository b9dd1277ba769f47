/* Peers that come and stay. */
import { gather } from '../crowd.mjs';
import { cycle } from './churn.mjs';
import { inSlices } from '../slices.mjs';

/**
 * @param {object} options
 * @param {number} options.port
 * @param {number} options.pid
 * @param {number} options.visits peers that come and go before, so that all of the server's code is warm
 * @param {number} options.warmUp peers that come and stay before
 * @param {number} options.count peers that are counted
 * @param {number} options.sliceMs
 */
export async function register({ port, pid, visits, warmUp, count, sliceMs }, faults) {
  await cycle({ port, cycles: visits }, faults);
  await gather({ port, count: warmUp, faults });
  let opened = 0;
  const onOpen = () => {
    opened += 1;
  };
  const all = gather({ port, count, first: warmUp, faults, onOpen });
  const slices = await inSlices({ pid, done: () => opened, sliceMs, isOver: () => opened >= count || faults.count > 0 });
  await all;
  return slices;
}
