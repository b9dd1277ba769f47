/* Pairs of peers that never stop talking: each says its next words when the last have arrived. */
import { setImmediate } from 'node:timers';
import { setTimeout as pause } from 'node:timers/promises';
import { gather, pairUp, settled } from '../crowd.mjs';
import { inSlices } from '../slices.mjs';

/**
 * @typedef {{ port: number | number[], isNear?: boolean, pid: number | number[] }} Where
 * @typedef {Where & { peers: number, depth: number, warmUpMs: number, slices: number, sliceMs: number }} Load
 * @param {Load} load `depth`: messages in one piece
 */
export async function relay({ port, isNear, pid, peers: peerCount, depth, warmUpMs, slices, sliceMs }, faults) {
  const peers = await gather({ port, isNear, count: peerCount, faults });
  const talk = new Talk(pairUp(peers, faults), depth);
  talk.start();
  await pause(warmUpMs);
  const measured = await inSlices({ pid, done: () => talk.arrived, sliceMs, isOver: (sofar) => sofar.length >= slices });
  await talk.stop();
  return measured;
}

class Talk {
  arrived = 0;
  #lanes;
  #depth;
  #due = [];
  #isStopping = false;

  /** @param {ReturnType<typeof pairUp>} lanes @param {number} depth messages under way on each */
  constructor(lanes, depth) {
    this.#lanes = lanes;
    this.#depth = depth;
    for (const lane of lanes) lane.receiver.onText = (bytes, start, end) => this.#heard(lane, bytes, start, end);
  }

  start() {
    this.#due = [...this.#lanes];
    this.#speak();
  }

  async stop() {
    this.#isStopping = true;
    await settled(this.#lanes);
  }

  #heard(lane, bytes, start, end) {
    lane.heard(bytes, start, end);
    this.arrived += 1;
    if (lane.inFlight > 0 || this.#isStopping) return;
    // Who has something to say says it when all that came in has been read: the server finds many
    // messages at a time, as a busy one does, and is not woken for each.
    if (this.#due.length === 0) setImmediate(() => this.#speak());
    this.#due.push(lane);
  }

  #speak() {
    const due = this.#due;
    this.#due = [];
    for (const lane of due) {
      if (lane.inFlight === 0) lane.say(this.#depth);
    }
  }
}
