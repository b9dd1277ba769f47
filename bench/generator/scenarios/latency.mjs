/* Messages at a fixed rate, come what may: each is timed from the moment at which it was due. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { gather, pairUp, settled } from '../crowd.mjs';
import { Percentiles } from '../percentiles.mjs';
import { inSlices } from '../slices.mjs';

/** @param {import('./relay.mjs').Where & { peers: number, perSecond: number, warmUpMs: number, spanMs: number }} options */
export async function latency({ port, isNear, pid, peers: peerCount, perSecond, warmUpMs, spanMs }, faults) {
  const peers = await gather({ port, isNear, count: peerCount, faults });
  const pace = new Pace(pairUp(peers, faults), 1000 / perSecond);
  pace.start();
  await pause(warmUpMs);
  pace.times.clear();
  const slices = await inSlices({ pid, done: () => pace.times.count, sliceMs: spanMs, isOver: () => true });
  const times = pace.times.summary();
  await pace.stop();
  return { slices, times };
}

/** Looks at the clock again and again: no timer is as fine as this needs, and the core is ours. */
class Pace {
  times = new Percentiles();
  #lanes;
  /** For each lane, when those that are under way were due. @type {Map<object, number[]>} */
  #due;
  #intervalMs;
  #sent = 0;
  #startedAt = 0;
  #isStopping = false;

  constructor(lanes, intervalMs) {
    this.#lanes = lanes;
    this.#due = new Map(lanes.map((lane) => [lane, []]));
    this.#intervalMs = intervalMs;
    for (const lane of lanes) lane.receiver.onText = (bytes, start, end) => this.#heard(lane, bytes, start, end);
  }

  start() {
    this.#startedAt = performance.now();
    this.#turn();
  }

  async stop() {
    this.#isStopping = true;
    await settled(this.#lanes);
  }

  #turn() {
    if (this.#isStopping) return;
    const now = performance.now();
    for (let due = this.#nextDue(); due <= now; due = this.#nextDue()) {
      const lane = this.#lanes[this.#sent % this.#lanes.length];
      this.#sent += 1;
      this.#due.get(lane).push(due);
      lane.say(1);
    }
    setImmediate(() => this.#turn());
  }

  #nextDue() {
    return this.#startedAt + this.#sent * this.#intervalMs;
  }

  #heard(lane, bytes, start, end) {
    lane.heard(bytes, start, end);
    const due = this.#due.get(lane).shift();
    if (due !== undefined) this.times.add(performance.now() - due);
  }
}
