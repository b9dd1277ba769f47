/*
 * A bare relay with one fault, which it commits once in a while. The benchmark has to fail each of
 * them: a check that nothing can fail is none. `--fault` says which.
 */
import { Buffer } from 'node:buffer';
import { listen, OPEN } from '../reference/listen.mjs';

// In no step with the bursts.
const EVERY = 997;

const fault = process.argv[process.argv.indexOf('--fault') + 1];
let count = 0;
/** Whom another message went to. */
let other;
/** A message that is held back. */
let held;

/** Each commits its fault on one message. */
const FAULTS = {
  none: (receiver, bytes) => receiver.send(bytes, false),
  drop: () => undefined,
  duplicate: (receiver, bytes) => {
    receiver.send(bytes, false);
    receiver.send(bytes, false);
  },
  spoof: (receiver, bytes) => receiver.send(replaced(bytes, /"src":"[^"]*"/, '"src":"somebody-else"'), false),
  misdirect: (receiver, bytes) => (other ?? receiver).send(bytes, false),
  change: (receiver, bytes) => receiver.send(replaced(bytes, /"type":"media"/, '"type":"other"'), false),
  // At the door already: nobody is ever welcomed.
  mute: () => undefined,
  garble: (receiver, bytes) => receiver.send(Buffer.from(bytes).subarray(1), false),
};

if (!(fault in FAULTS) && fault !== 'reorder') throw new Error(`no such fault: ${fault}`);
listen(fault === 'reorder' ? reorder : commitNowAndThen, { welcome: fault === 'mute' ? '{"type":"ERROR"}' : OPEN });

function commitNowAndThen(receiver, bytes) {
  count += 1;
  if (count % EVERY === 0) FAULTS[fault](receiver, bytes);
  else FAULTS.none(receiver, bytes);
  if (count % 100 === 1) other = receiver;
}

/** Holds one message back until the next to the same receiver has gone. */
function reorder(receiver, bytes) {
  count += 1;
  if (count % EVERY === 0) {
    // The one before waits in vain: it was the last of its burst.
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
