/* A message as bytes: masked for sending, plain for comparison. Only its number changes. */
import { Buffer } from 'node:buffer';
import { frameHead, masked, maskedPart } from '../generator/frames.mjs';
import { FIRST_NUMBER, headOf, tailOf } from '../generator/messages.mjs';

const DIGITS = String(FIRST_NUMBER).length;
const ZERO = 0x30;

/** Shared by all lanes, so that they stay in the CPU caches of the generator. @type {Map<string, Tail>} */
const TAILS = new Map();

/** One type of message from one peer to another, with any number. */
export class MessageTemplate {
  #head;
  #maskedHead;
  #tail;

  constructor(head) {
    this.#head = Buffer.from(headOf(head));
    this.#tail = tailFor(head.type, this.#head.length);
    const length = this.#head.length + this.#tail.length;
    this.#maskedHead = Buffer.concat([frameHead(length), maskedPart(this.#head, 0)]);
  }

  /** @returns the offset after the frame */
  write(target, at, number) {
    target.set(this.#maskedHead, at);
    return this.#tail.write(target, at + this.#maskedHead.length, number);
  }

  matches(number, bytes, start, end) {
    const middle = start + this.#head.length;
    return middle < end && this.#head.compare(bytes, start, middle) === 0 && this.#tail.matches(number, bytes, middle, end);
  }

  text(number) {
    return `${this.#head}${this.#tail.text(number)}`;
  }
}

/** The part of a message that is the same on every lane, except for its number. */
class Tail {
  #plain;
  #masked;
  #at;
  #lastDigit;

  /** @param {number} at its offset in the payload of its frame */
  constructor(type, at) {
    const text = tailOf(type);
    this.#plain = Buffer.from(text);
    this.#masked = maskedPart(this.#plain, at);
    this.#at = at;
    this.#lastDigit = text.indexOf(String(FIRST_NUMBER)) + DIGITS - 1;
  }

  get length() {
    return this.#plain.length;
  }

  write(target, at, number) {
    let left = number;
    for (let place = this.#lastDigit; place > this.#lastDigit - DIGITS + 1; place--) {
      this.#masked[place] = masked(ZERO + (left % 10), this.#at + place);
      left = (left / 10) | 0;
    }
    target.set(this.#masked, at);
    return at + this.#masked.length;
  }

  matches(number, bytes, start, end) {
    this.#number(number);
    return this.#plain.compare(bytes, start, end) === 0;
  }

  text(number) {
    this.#number(number);
    return this.#plain.toString();
  }

  #number(number) {
    let left = number;
    for (let place = this.#lastDigit; place > this.#lastDigit - DIGITS + 1; place--) {
      this.#plain[place] = ZERO + (left % 10);
      left = (left / 10) | 0;
    }
  }
}

function tailFor(type, at) {
  const name = `${type} ${at}`;
  let tail = TAILS.get(name);
  if (tail === undefined) {
    tail = new Tail(type, at);
    TAILS.set(name, tail);
  }
  return tail;
}
