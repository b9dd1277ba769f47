/* Peers that come and stay. */
import { gather } from '../crowd.mjs';
import { inSlices } from '../slices.mjs';

/** @param {{ port: number, pid: number, warmUp: number, count: number, sliceMs: number }} options */
export async function register({ port, pid, warmUp, count, sliceMs }, faults) {
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
