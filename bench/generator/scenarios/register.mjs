/* Peers that connect and stay. */
import { connectPeers } from '../peers.mjs';
import { cycle } from './churn.mjs';
import { inSlices } from '../slices.mjs';

/**
 * @param {object} options
 * @param {number} options.port
 * @param {number} options.pid
 * @param {number} options.cycles peers that connect and close before, to warm up all code of the server
 * @param {number} options.warmUp peers that connect and stay before
 * @param {number} options.count peers that are counted
 * @param {number} options.sliceMs
 * @param {boolean} [options.isCounted] whether the server runs under callgrind
 */
export async function register({ port, pid, cycles, warmUp, count, sliceMs, isCounted }, faults) {
  await cycle({ port, cycles }, faults);
  await connectPeers({ port, count: warmUp, faults });
  let opened = 0;
  const onOpen = () => {
    opened += 1;
  };
  const all = connectPeers({ port, count, first: warmUp, faults, onOpen });
  const isOver = () => opened >= count || faults.count > 0;
  const slices = await inSlices({ pid, done: () => opened, sliceMs, isOver, isCounted });
  await all;
  return slices;
}
