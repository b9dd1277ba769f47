/* Messages at a fixed rate. Each is timed from the moment at which it was due, so that a delay counts for later messages. */
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { connectPeers, pairUp, settle } from '../peers.mjs';
import { Percentiles } from '../percentiles.mjs';
import { inSlices } from '../slices.mjs';

/** @param {import('./relay.mjs').Endpoint & { peers: number, perSecond: number, warmUpMs: number, spanMs: number }} options */
export async function latency({ port, isNear, pid, peers: peerCount, perSecond, warmUpMs, spanMs }, faults) {
  const peers = await connectPeers({ port, isNear, count: peerCount, faults });
  const pace = new Pace(pairUp(peers, faults), 1000 / perSecond);
  pace.start();
  await pause(warmUpMs);
  pace.times.clear();
  const slices = await inSlices({ pid, done: () => pace.times.count, sliceMs: spanMs, isOver: () => true });
  const times = pace.times.summary();
  await pace.stop();
  return { slices, times };
}

/** Polls the clock, because timers are too coarse; the generator has a core of its own. */
class Pace {
  times = new Percentiles();
  #lanes;
  /** For each lane, the due times of the messages in flight. @type {Map<object, number[]>} */
  #due;
  #intervalMs;
  #sent = 0;
  #startedAt = 0;
  #isStopping = false;

  constructor(lanes, intervalMs) {
    this.#lanes = lanes;
    this.#due = new Map(lanes.map((lane) => [lane, []]));
    this.#intervalMs = intervalMs;
    for (const lane of lanes) lane.receiver.onText = (bytes, start, end) => this.#onText(lane, bytes, start, end);
  }

  start() {
    this.#startedAt = performance.now();
    this.#turn();
  }

  async stop() {
    this.#isStopping = true;
    await settle(this.#lanes);
  }

  #turn() {
    if (this.#isStopping) return;
    const now = performance.now();
    for (let due = this.#nextDue(); due <= now; due = this.#nextDue()) {
      const lane = this.#lanes[this.#sent % this.#lanes.length];
      this.#sent += 1;
      this.#due.get(lane).push(due);
      lane.send(1);
    }
    setImmediate(() => this.#turn());
  }

  #nextDue() {
    return this.#startedAt + this.#sent * this.#intervalMs;
  }

  #onText(lane, bytes, start, end) {
    lane.receive(bytes, start, end);
    const due = this.#due.get(lane).shift();
    if (due !== undefined) this.times.add(performance.now() - due);
  }
}
