/* Many peers at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { Lane } from '../check/lane.mjs';
import { Peer } from './peer.mjs';

/** How many handshakes are under way at one time: fewer than wait in the queue of any server. */
export const AT_ONCE = 64;

const LAST_WORDS_MS = 3_000;
// Long enough for a second copy to turn up.
const GRACE_MS = 50;

/** Runs `one` until `isOver`, `atOnce` at a time. */
export async function repeat(atOnce, isOver, one) {
  const worker = async () => {
    while (!isOver()) await one();
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Runs `one` for each of `items`, `atOnce` at a time. */
export async function each(items, one, atOnce = AT_ONCE) {
  let next = 0;
  await repeat(atOnce, () => next >= items.length, () => one(items[next++]));
}

/**
 * Peers that are open.
 * @param {object} options
 * @param {number | number[]} options.port of several, neighbours come to different ones
 * @param {boolean} [options.isNear] unless pairs of neighbours come to the same
 * @param {number} options.count
 * @param {number} [options.first] the number of the first of them
 * @param {import('../check/faults.mjs').Faults} options.faults
 * @param {() => void} [options.onOpen] told of each
 */
export async function gather({ port, isNear = false, count, first = 0, faults, onOpen = () => undefined }) {
  const ports = [port].flat();
  const peers = Array.from({ length: count }, (_, i) => new Peer(first + i, faults));
  const places = new Map(peers.map((peer, i) => [peer, ports[(isNear ? i >> 1 : i) % ports.length]]));
  await each(peers, async (peer) => {
    if (await peer.open(places.get(peer))) onOpen();
  });
  return peers;
}

/** Pairs of neighbours; a lane leads from each to the other. */
export function pairUp(peers, faults) {
  return peers.map((sender, i) => new Lane({ sender, receiver: peers[i ^ 1], phase: i }, faults));
}

/** Nothing more is said: waits for what is under way, and judges what does not come. */
export async function settled(lanes) {
  const deadline = Date.now() + LAST_WORDS_MS;
  while (Date.now() < deadline && lanes.some((lane) => lane.inFlight > 0)) await pause(5);
  await pause(GRACE_MS);
  for (const lane of lanes) lane.finish();
}
