/* All messages from one peer to another: numbered when they are sent, compared byte for byte when they arrive. */
import { Buffer } from 'node:buffer';
import { isDeepStrictEqual } from 'node:util';
import { FIRST_NUMBER, ROUND, typeAt } from '../generator/messages.mjs';
import { MessageTemplate } from './message-template.mjs';

/** The buffer in which frames are built; replaced if the kernel does not accept all bytes at once. */
let scratch = Buffer.allocUnsafeSlow(64 * 1024);

export class Lane {
  /** The number of messages that were sent, and of those that arrived. */
  sent = 0;
  arrived = 0;
  sender;
  receiver;
  #faults;
  #templates;
  /** Numbers that were skipped and may still arrive. @type {Set<number>} */
  #missing = new Set();

  /**
   * @param {object} lane
   * @param {import('../generator/peer.mjs').Peer} lane.sender
   * @param {import('../generator/peer.mjs').Peer} lane.receiver
   * @param {number} lane.phase the position in the mix at which it begins
   * @param {import('./faults.mjs').Faults} faults
   */
  constructor({ sender, receiver, phase }, faults) {
    this.sender = sender;
    this.receiver = receiver;
    this.#faults = faults;
    const byType = new Map();
    this.#templates = Array.from({ length: ROUND }, (_, i) => {
      const type = typeAt(phase + i);
      if (!byType.has(type)) byType.set(type, new MessageTemplate({ type, from: sender.id, to: receiver.id }));
      return byType.get(type);
    });
  }

  get inFlight() {
    return this.sent - this.arrived;
  }

  /** Sends the next messages. @param {number} count the number of messages in one write */
  send(count) {
    let end = 0;
    for (let i = 0; i < count; i++) end = this.#templates[this.sent % ROUND].write(scratch, end, this.sent++);
    const isAccepted = this.sender.send(scratch.subarray(0, end));
    if (!isAccepted) scratch = Buffer.allocUnsafeSlow(scratch.length);
  }

  /** Checks a text that the receiver got. @returns whether it is the expected one */
  receive(bytes, start, end) {
    const template = this.#templates[this.arrived % ROUND];
    if (this.arrived < this.sent && template.matches(this.arrived, bytes, start, end)) {
      this.arrived += 1;
      return true;
    }
    return this.#judge(bytes.toString('utf8', start, end), template.text(this.arrived));
  }

  /** After the last message: reports missing messages as lost. */
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
    this.#faults.note(fault, `expected ${expected.slice(0, 140)}, received ${text.slice(0, 140)}`);
    return false;
  }

  /** @returns {string | undefined} the fault; a server may serialize the same JSON differently */
  #faultOf(text, expected) {
    const message = parsed(text);
    if (message === undefined || message === null || typeof message !== 'object') return 'not JSON';
    if (message.type === 'EXPIRE' || message.type === 'LEAVE') return 'not delivered';
    if (message.dst !== this.receiver.id) return 'at the wrong peer';
    if (message.src !== this.sender.id) return 'wrong src';
    const number = Number(message.payload?.n) - FIRST_NUMBER;
    if (!Number.isInteger(number) || number < 0 || number >= this.sent) return 'never sent';
    if (number !== this.arrived) return this.#outOfTurn(number);
    return isDeepStrictEqual(message, JSON.parse(expected)) ? undefined : 'changed';
  }

  /** An unexpected number: from now on its successor is expected. */
  #outOfTurn(number) {
    if (number < this.arrived) return this.#missing.delete(number) ? 'out of order' : 'repeated';
    for (let passed = this.arrived; passed < number; passed++) this.#missing.add(passed);
    this.arrived = number + 1;
    return 'skipped others';
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
