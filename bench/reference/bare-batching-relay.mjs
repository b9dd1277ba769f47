/*
 * The bare relay with one write for each receiver and turn of the event loop. The bytes of the library are valid during
 * the call only, so they are copied.
 */
import { Buffer } from 'node:buffer';
import { setImmediate } from 'node:timers';
import { listen } from './listen.mjs';

// For one turn of the loop; if it is full, the messages are sent earlier.
const SLAB = Buffer.allocUnsafeSlow(8 * 1024 * 1024);

let used = 0;
/** For each receiver the offsets of its messages in the slab: start, end, start, end. @type {Map<any, number[]>} */
const waiting = new Map();

listen(collect, { onClose: (socket) => waiting.delete(socket) });

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
