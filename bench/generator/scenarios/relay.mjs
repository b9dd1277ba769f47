/* Pairs of peers under constant load: each sends its next messages when the last ones have arrived. */
import { setImmediate } from 'node:timers';
import { connectPeers, pairUp, settle } from '../peers.mjs';
import { slicesOfLoad } from '../slices.mjs';

/**
 * @typedef {{ port: number | number[], isNear?: boolean, pid: number | number[] }} Endpoint
 * @typedef {Endpoint & { peers: number, depth: number, warmUpMs: number, slices: number, sliceMs: number }} Options
 * @param {Options} options `depth`: messages in one write
 */
export async function relay({ port, isNear, peers: peerCount, depth, ...measure }, faults) {
  const peers = await connectPeers({ port, isNear, count: peerCount, faults });
  const load = new Load(pairUp(peers, faults), depth);
  return slicesOfLoad(load, measure);
}

class Load {
  arrived = 0;
  #lanes;
  #depth;
  #due = [];
  #isStopping = false;

  /** @param {ReturnType<typeof pairUp>} lanes @param {number} depth messages in flight on each */
  constructor(lanes, depth) {
    this.#lanes = lanes;
    this.#depth = depth;
    for (const lane of lanes) lane.receiver.onText = (bytes, start, end) => this.#onText(lane, bytes, start, end);
  }

  start() {
    this.#due = [...this.#lanes];
    this.#sendDue();
  }

  async stop() {
    this.#isStopping = true;
    await settle(this.#lanes);
  }

  #onText(lane, bytes, start, end) {
    lane.receive(bytes, start, end);
    this.arrived += 1;
    if (lane.inFlight > 0 || this.#isStopping) return;
    // Messages are sent after all input has been read. The server then gets many messages at a time, as under load, and
    // is not woken up for each.
    if (this.#due.length === 0) setImmediate(() => this.#sendDue());
    this.#due.push(lane);
  }

  #sendDue() {
    const due = this.#due;
    this.#due = [];
    for (const lane of due) {
      if (lane.inFlight === 0) lane.send(this.#depth);
    }
  }
}
