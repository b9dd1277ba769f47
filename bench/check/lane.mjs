/* Everything that one peer says to another: numbered when it is sent, and looked at byte for byte when it arrives. */
import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { FIRST_NUMBER, ROUND, typeAt } from '../generator/messages.mjs';
import { Word } from './word.mjs';

/** Where frames are put together; a new one follows when the kernel does not take all at once. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

export class Lane {
  /** How many were sent, and how many of those are accounted for. */
  sent = 0;
  arrived = 0;
  sender;
  receiver;
  #faults;
  #words;
  /** Numbers that were passed over and may still come. @type {Set<number>} */
  #missing = new Set();

  /**
   * @param {object} lane
   * @param {import('../generator/peer.mjs').Peer} lane.sender
   * @param {import('../generator/peer.mjs').Peer} lane.receiver
   * @param {number} lane.phase where in the mix it begins
   * @param {import('./faults.mjs').Faults} faults
   */
  constructor({ sender, receiver, phase }, faults) {
    this.sender = sender;
    this.receiver = receiver;
    this.#faults = faults;
    const byType = new Map();
    this.#words = Array.from({ length: ROUND }, (_, i) => {
      const type = typeAt(phase + i);
      if (!byType.has(type)) byType.set(type, new Word({ type, from: sender.id, to: receiver.id }));
      return byType.get(type);
    });
  }

  get inFlight() {
    return this.sent - this.arrived;
  }

  /** Says the next words. @param {number} count how many, in one piece */
  say(count) {
    let end = 0;
    for (let i = 0; i < count; i++) end = this.#words[this.sent % ROUND].write(scratch, end, this.sent++);
    const isGone = this.sender.send(scratch.subarray(0, end));
    if (!isGone) scratch = Buffer.allocUnsafeSlow(scratch.length);
  }

  /** A text came to the receiver. @returns whether it was the one that had to come */
  heard(bytes, start, end) {
    const word = this.#words[this.arrived % ROUND];
    if (this.arrived < this.sent && word.is(this.arrived, bytes, start, end)) {
      this.arrived += 1;
      return true;
    }
    return this.#judge(bytes.toString('utf8', start, end), word.text(this.arrived));
  }

  /** Nothing more can come: what is still under way is lost. */
  finish() {
    const lost = this.#missing.size + this.inFlight;
    if (lost > 0) this.#faults.note('lost', `${lost} from ${this.sender.id} to ${this.receiver.id}`);
  }

  #judge(text, expected) {
    const fault = this.#faultOf(text, expected);
    if (fault === undefined) {
      this.arrived += 1;
      return true;
    }
    this.#faults.note(fault, `expected ${expected.slice(0, 140)}, heard ${text.slice(0, 140)}`);
    return false;
  }

  /** @returns {string | undefined} what is wrong; a server may write the same JSON in another way */
  #faultOf(text, expected) {
    const message = parsed(text);
    if (message === undefined || message === null || typeof message !== 'object') return 'not JSON';
    if (message.type === 'EXPIRE' || message.type === 'LEAVE') return 'given up';
    if (message.dst !== this.receiver.id) return 'at the wrong peer';
    if (message.src !== this.sender.id) return 'wrong src';
    const number = Number(message.payload?.n) - FIRST_NUMBER;
    if (!Number.isInteger(number) || number < 0 || number >= this.sent) return 'never sent';
    if (number !== this.arrived) return this.#outOfTurn(number);
    return isDeepStrictEqual(message, JSON.parse(expected)) ? undefined : 'changed';
  }

  /** Another number than the next one: from now on its successor is expected. */
  #outOfTurn(number) {
    if (number < this.arrived) return this.#missing.delete(number) ? 'out of order' : 'came twice';
    for (let passed = this.arrived; passed < number; passed++) this.#missing.add(passed);
    this.arrived = number + 1;
    return 'passed others';
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
