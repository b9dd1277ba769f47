/* Many peers lose the network, get messages in their mailboxes, and reconnect at the same time. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Lane } from '../../check/lane.mjs';
import { each, connectPeers, settle } from '../peers.mjs';

// Fewer than the listen backlog of any server: a connection beyond it is retried after a second, which would change the
// figure.
const AT_ONCE = 256;
const SENDERS = 50;
const MESSAGES_EACH = 2;
// Their position in the mix: short messages, so that all mailboxes together stay within their limit.
const FIRST_CANDIDATE = 2;
// Long enough for the servers to detect the resets; the protocol has no notice of that.
const DETECTED_MS = 500;
const DELIVERY_MS = 15_000;

let peers = [];
let senders = [];

/** @param {{ port: number, count: number, hasTokens?: boolean }} options */
export async function assemble({ port, count, hasTokens }, faults) {
  peers = await connectPeers({ port, count, faults, hasTokens });
  senders = await connectPeers({ port, count: SENDERS, first: count, faults, hasTokens });
}

/**
 * @param {{ port: number, hasMailboxes: boolean }} options
 * @returns the time from the first handshake to the last held message, in ms
 */
export async function storm({ port, hasMailboxes }, faults) {
  await Promise.all(peers.map((peer) => peer.cut()));
  await pause(DETECTED_MS);
  const held = hasMailboxes ? await sendToMailboxes(faults) : [];
  const startedAt = performance.now();
  await each(peers, (peer) => peer.open(port), AT_ONCE);
  await allReceived(held);
  const tookMs = performance.now() - startedAt;
  await settle(held.map(({ lane }) => lane));
  return { tookMs };
}

/** Messages for all peers. Each sender sends to itself last, so that the server has all messages when those arrive. */
async function sendToMailboxes(faults) {
  const held = peers.map((receiver, i) => messagesOf(senders[i % SENDERS], receiver, faults));
  const own = senders.map((sender) => messagesOf(sender, sender, faults));
  for (const { lane } of [...held, ...own]) lane.send(MESSAGES_EACH);
  await allReceived(own);
  await settle(own.map(({ lane }) => lane));
  return held;
}

function messagesOf(sender, receiver, faults) {
  const lane = new Lane({ sender, receiver, phase: FIRST_CANDIDATE }, faults);
  const isReceived = new Promise((resolve) => {
    receiver.onText = (bytes, start, end) => {
      lane.receive(bytes, start, end);
      if (lane.inFlight === 0) resolve(undefined);
    };
  });
  return { lane, isReceived };
}

/** Waits for all messages, or for the timeout; missing ones are lost then. */
async function allReceived(held) {
  const arrivals = Promise.all(held.map(({ isReceived }) => isReceived));
  await Promise.race([arrivals, pause(DELIVERY_MS, undefined, { ref: false })]);
}
