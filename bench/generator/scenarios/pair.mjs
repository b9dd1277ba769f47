/* Two peers, one of which sends to the other at a low rate, to measure how other load affects them. */
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { connectPeers, pairUp, settle } from '../peers.mjs';
import { Percentiles } from '../percentiles.mjs';

// Higher than the number of any other peer.
const FIRST = 1_000_000;
const INTERVAL_MS = 2;

const times = new Percentiles();
const sentAt = [];
/** @type {import('../../check/lane.mjs').Lane} */
let lane;
let timer;

/** @param {{ port: number }} options */
export async function startPair({ port }, faults) {
  [lane] = pairUp(await connectPeers({ port, count: 2, first: FIRST, faults }), faults);
  lane.receiver.onText = (bytes, start, end) => {
    lane.receive(bytes, start, end);
    const since = sentAt.shift();
    if (since !== undefined) times.add(performance.now() - since);
  };
  timer = setInterval(() => {
    sentAt.push(performance.now());
    lane.send(1);
  }, INTERVAL_MS);
}

/** @returns the times since the last call, or since the start */
export function pairTimes() {
  const summary = times.summary();
  times.clear();
  return summary;
}

export async function stopPair() {
  clearInterval(timer);
  await settle([lane]);
}
