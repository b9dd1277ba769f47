/* Peers that come, hear OPEN, say goodbye and go, each with an id that was never seen before. */
import { setTimeout as pause } from 'node:timers/promises';
import { AT_ONCE, repeat } from '../crowd.mjs';
import { Peer } from '../peer.mjs';
import { inSlices } from '../slices.mjs';

let born = 0;

async function visit(port, faults) {
  const peer = new Peer(born++, faults);
  if (await peer.open(port)) await peer.close();
}

/** For a while. @param {{ port: number, pid: number, warmUpMs: number, slices: number, sliceMs: number }} options */
export async function churn({ port, pid, warmUpMs, slices, sliceMs }, faults) {
  let visits = 0;
  let isOver = false;
  const visitors = repeat(AT_ONCE, () => isOver || faults.count > 0, async () => {
    await visit(port, faults);
    visits += 1;
  });
  await pause(warmUpMs);
  const measured = await inSlices({ pid, done: () => visits, sliceMs, isOver: (sofar) => sofar.length >= slices });
  isOver = true;
  await visitors;
  return measured;
}

/** So many times. @param {{ port: number, cycles: number }} options */
export async function cycle({ port, cycles }, faults) {
  let left = cycles;
  await repeat(AT_ONCE, () => left <= 0 || faults.count > 0, () => {
    left -= 1;
    return visit(port, faults);
  });
}
