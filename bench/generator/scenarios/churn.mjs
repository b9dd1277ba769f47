/* Peers that connect, receive OPEN and close, each with a new id. */
import { setTimeout as pause } from 'node:timers/promises';
import { AT_ONCE, repeat } from '../peers.mjs';
import { Peer } from '../peer.mjs';
import { inSlices } from '../slices.mjs';

let created = 0;

async function connectAndClose(port, faults) {
  const peer = new Peer(created++, faults);
  if (await peer.open(port)) await peer.close();
}

/**
 * Runs for a fixed time.
 * @param {{ port: number, pid: number, warmUpMs: number, slices: number, sliceMs: number, isCounted?: boolean }} options
 */
export async function churn({ port, pid, warmUpMs, slices, sliceMs, isCounted }, faults) {
  let cycles = 0;
  let isOver = false;
  const workers = repeat(AT_ONCE, () => isOver || faults.count > 0, async () => {
    await connectAndClose(port, faults);
    cycles += 1;
  });
  await pause(warmUpMs);
  const measured = await inSlices({ pid, done: () => cycles, sliceMs, isOver: (sofar) => sofar.length >= slices, isCounted });
  isOver = true;
  await workers;
  return measured;
}

/** Runs a fixed number of times. @param {{ port: number, cycles: number }} options */
export async function cycle({ port, cycles }, faults) {
  let left = cycles;
  await repeat(AT_ONCE, () => left <= 0 || faults.count > 0, () => {
    left -= 1;
    return connectAndClose(port, faults);
  });
}
