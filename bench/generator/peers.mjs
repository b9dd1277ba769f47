/* Many peers at once. */
import { setTimeout as pause } from 'node:timers/promises';
import { Lane } from '../check/lane.mjs';
import { tokenOf } from '../tokens.mjs';
import { Peer } from './peer.mjs';

/** The number of concurrent handshakes: fewer than the listen backlog of any server. */
export const AT_ONCE = 64;

const SETTLE_MS = 3_000;
// Long enough for a repeated message to arrive.
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
 * Opens peers.
 * @param {object} options
 * @param {number | number[]} options.port with several ports, neighbours connect to different ones
 * @param {boolean} [options.isNear] pairs of neighbours connect to the same one
 * @param {number} options.count
 * @param {number} [options.first] the number of the first one
 * @param {import('../check/faults.mjs').Faults} options.faults
 * @param {() => void} [options.onOpen] called for each open peer
 * @param {boolean} [options.hasTokens] whether the peers have JSON Web Tokens
 */
export async function connectPeers({ port, isNear = false, count, first = 0, faults, onOpen = () => undefined, hasTokens = false }) {
  const ports = [port].flat();
  const peers = Array.from({ length: count }, (_, i) => new Peer(first + i, faults, hasTokens ? tokenOf(first + i) : undefined));
  const places = new Map(peers.map((peer, i) => [peer, ports[(isNear ? i >> 1 : i) % ports.length]]));
  await each(peers, async (peer) => {
    if (await peer.open(places.get(peer))) onOpen();
  });
  return peers;
}

/** Pairs of neighbours, with a lane from each to the other. */
export function pairUp(peers, faults) {
  return peers.map((sender, i) => new Lane({ sender, receiver: peers[i ^ 1], phase: i }, faults));
}

/** Waits for messages in flight, and reports missing ones as lost. */
export async function settle(lanes) {
  const deadline = Date.now() + SETTLE_MS;
  while (Date.now() < deadline && lanes.some((lane) => lane.inFlight > 0)) await pause(5);
  await pause(GRACE_MS);
  for (const lane of lanes) lane.finish();
}
