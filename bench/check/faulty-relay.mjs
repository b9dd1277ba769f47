/*
 * A bare relay with one fault, which it commits on some messages. The self-test expects the benchmark to report each
 * fault. `--fault` selects it.
 */
import { Buffer } from 'node:buffer';
import { listen, OPEN } from '../reference/listen.mjs';

// A prime, so that the faulty messages have no fixed place in a burst.
const EVERY = 997;

const fault = process.argv[process.argv.indexOf('--fault') + 1];
let count = 0;
/** The receiver of an earlier message. */
let other;
/** A message that is delayed. */
let held;

/** Each function commits its fault on one message. */
const FAULTS = {
  none: (receiver, bytes) => receiver.send(bytes, false),
  drop: () => undefined,
  duplicate: (receiver, bytes) => {
    receiver.send(bytes, false);
    receiver.send(bytes, false);
  },
  spoof: (receiver, bytes) => receiver.send(replaced(bytes, /"src":"[^"]*"/, '"src":"another-peer"'), false),
  misdirect: (receiver, bytes) => (other ?? receiver).send(bytes, false),
  change: (receiver, bytes) => receiver.send(replaced(bytes, /"type":"media"/, '"type":"other"'), false),
  // The fault is in the first frame: no peer receives OPEN.
  mute: () => undefined,
  garble: (receiver, bytes) => receiver.send(Buffer.from(bytes).subarray(1), false),
};

if (!(fault in FAULTS) && fault !== 'reorder') throw new Error(`unknown --fault ${fault}`);
listen(fault === 'reorder' ? reorder : relaySometimesFaulty, { firstFrame: fault === 'mute' ? '{"type":"ERROR"}' : OPEN });

function relaySometimesFaulty(receiver, bytes) {
  count += 1;
  if (count % EVERY === 0) FAULTS[fault](receiver, bytes);
  else FAULTS.none(receiver, bytes);
  if (count % 100 === 1) other = receiver;
}

/** Delays one message until the next one to the same receiver was sent. */
function reorder(receiver, bytes) {
  count += 1;
  if (count % EVERY === 0) {
    // The delayed message was the last of its burst, so no later message releases it.
    held?.receiver.send(held.text, false);
    held = { receiver, text: Buffer.from(bytes).toString() };
    return;
  }
  FAULTS.none(receiver, bytes);
  if (held?.receiver !== receiver) return;
  receiver.send(held.text, false);
  held = undefined;
}

function replaced(bytes, what, by) {
  return Buffer.from(bytes).toString().replace(what, by);
}
