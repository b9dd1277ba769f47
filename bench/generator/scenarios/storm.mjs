/* A crowd that loses its network, is written to meanwhile, and comes back all at once. */
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { Lane } from '../../check/lane.mjs';
import { each, gather, settled } from '../crowd.mjs';

// Fewer than wait in the queue of any server: what does not fit there is tried again after a second,
// and the figure would tell of that.
const AT_ONCE = 256;
const WRITERS = 50;
const LETTERS = 2;
// Their place in the mix: short ones, so that all mailboxes together stay within their bound.
const FIRST_CANDIDATE = 2;
// The servers have seen the cuts by then; nothing in the protocol tells when.
const NOTICED_MS = 500;
const MAIL_MS = 15_000;

let crowd = [];
let writers = [];

/** @param {{ port: number, count: number }} options */
export async function assemble({ port, count }, faults) {
  crowd = await gather({ port, count, faults });
  writers = await gather({ port, count: WRITERS, first: count, faults });
}

/**
 * @param {{ port: number, hasMailboxes: boolean }} options
 * @returns how long it took from the first handshake to the last letter, in ms
 */
export async function storm({ port, hasMailboxes }, faults) {
  await Promise.all(crowd.map((peer) => peer.cut()));
  await pause(NOTICED_MS);
  const mail = hasMailboxes ? await write(faults) : [];
  const startedAt = performance.now();
  await each(crowd, (peer) => peer.open(port), AT_ONCE);
  await allRead(mail);
  const tookMs = performance.now() - startedAt;
  await settled(mail.map(({ lane }) => lane));
  return { tookMs };
}

/** Letters for everybody; each writer writes to itself last, so that all is with the server when that comes. */
async function write(faults) {
  const mail = crowd.map((receiver, i) => letters(writers[i % WRITERS], receiver, faults));
  const notes = writers.map((writer) => letters(writer, writer, faults));
  for (const { lane } of [...mail, ...notes]) lane.say(LETTERS);
  await allRead(notes);
  await settled(notes.map(({ lane }) => lane));
  return mail;
}

function letters(sender, receiver, faults) {
  const lane = new Lane({ sender, receiver, phase: FIRST_CANDIDATE }, faults);
  const isRead = new Promise((resolve) => {
    receiver.onText = (bytes, start, end) => {
      lane.heard(bytes, start, end);
      if (lane.inFlight === 0) resolve(undefined);
    };
  });
  return { lane, isRead };
}

/** Or as good as: what does not come is lost. */
async function allRead(mail) {
  const arrivals = Promise.all(mail.map(({ isRead }) => isRead));
  await Promise.race([arrivals, pause(MAIL_MS, undefined, { ref: false })]);
}
