/* Two peers of whom one talks to the other all the while, at an easy pace; for what others do to them. */
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { gather, pairUp, settled } from '../crowd.mjs';
import { Percentiles } from '../percentiles.mjs';

// No peer of any crowd has such a number.
const FIRST = 1_000_000;
const INTERVAL_MS = 2;

const times = new Percentiles();
const sentAt = [];
/** @type {import('../../check/lane.mjs').Lane} */
let lane;
let timer;

/** @param {{ port: number }} options */
export async function startPair({ port }, faults) {
  [lane] = pairUp(await gather({ port, count: 2, first: FIRST, faults }), faults);
  lane.receiver.onText = (bytes, start, end) => {
    lane.heard(bytes, start, end);
    const since = sentAt.shift();
    if (since !== undefined) times.add(performance.now() - since);
  };
  timer = setInterval(() => {
    sentAt.push(performance.now());
    lane.say(1);
  }, INTERVAL_MS);
}

/** @returns what was timed since the last call, or the start */
export function pairTimes() {
  const summary = times.summary();
  times.clear();
  return summary;
}

export async function stopPair() {
  clearInterval(timer);
  await settled([lane]);
}
