/*
 * The bare relay, but what one turn of the event loop brings for one receiver leaves in one piece:
 * a single write to its socket. The library's bytes die with each call, so they are copied.
 */
import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers';
import { listen } from './listen.mjs';

// For one turn of the loop; where it does not suffice, what waits is sent earlier.
const SLAB = Buffer.allocUnsafeSlow(8 * 1024 * 1024);

let used = 0;
/** For each receiver the places of its messages in the slab: start, end, start, end. @type {Map<any, number[]>} */
const waiting = new Map();

listen(collect, { forget: (socket) => waiting.delete(socket) });

function collect(receiver, bytes) {
  if (used + bytes.byteLength > SLAB.length) flush();
  if (waiting.size === 0) setImmediate(flush);
  SLAB.set(new Uint8Array(bytes), used);
  const places = waiting.get(receiver);
  if (places === undefined) waiting.set(receiver, [used, used + bytes.byteLength]);
  else places.push(used, used + bytes.byteLength);
  used += bytes.byteLength;
}

function flush() {
  for (const [receiver, places] of waiting) receiver.cork(() => sendAll(receiver, places));
  waiting.clear();
  used = 0;
}

function sendAll(receiver, places) {
  for (let i = 0; i < places.length; i += 2) receiver.send(SLAB.subarray(places[i], places[i + 1]), false);
}
