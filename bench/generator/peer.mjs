/* One peer as in PeerJS: an id, a token, a socket whose first frame is OPEN. */
import { Buffer } from 'node:buffer';
import { addressOf, Connection } from './connection.mjs';

const OPEN = Buffer.from('{"type":"OPEN"}');

/** The id of the peer with this number, as long as the ids of PeerJS. */
export function peerId(number) {
  return `0f8fad5b-d9cb-469f-a165-${String(number).padStart(12, '0')}`;
}

/** @typedef {import('../check/faults.mjs').Faults} Faults */

export class Peer {
  /** Called with each text after OPEN. @type {(bytes: Buffer, start: number, end: number) => void} */
  onText = (bytes, start, end) => this.#faults.note('unexpected', `${this.id} received ${bytes.toString('utf8', start, end)}`);

  /** @param {number} number @param {Faults} faults @param {string} token by default as long as those of PeerJS */
  constructor(number, faults, token = number.toString(36).padStart(11, 't')) {
    this.id = peerId(number);
    this.#token = token;
    this.#faults = faults;
  }

  #faults;
  #token;
  /** @type {Connection | undefined} */
  #connection = undefined;
  #isClosing = false;
  /** @type {(nothing?: undefined) => void} */
  #ended = () => undefined;

  /**
   * Connects, with the same token each time. @param {import('./connection.mjs').Place} port
   * @returns a promise of whether it received OPEN; never rejects.
   */
  open(port) {
    this.#isClosing = false;
    return new Promise((resolve) => {
      let isOpen = false;
      this.#connection = new Connection({ port, target: this.#targetAt(port) }, {
        text: (bytes, start, end) => {
          if (isOpen) return this.onText(bytes, start, end);
          isOpen = OPEN.compare(bytes, start, end) === 0;
          if (!isOpen) this.#faults.note('no OPEN', `${this.id} received ${bytes.toString('utf8', start, end)}`);
          resolve(isOpen);
        },
        ended: (why) => {
          this.#connection = undefined;
          if (!this.#isClosing) this.#faults.note(isOpen ? 'cut' : 'no OPEN', `${this.id}: ${why}`);
          resolve(false);
          this.#ended();
        },
      });
    });
  }

  #targetAt(place) {
    const { key = 'peerjs', token = this.#token } = addressOf(place);
    return `/peerjs?key=${key}&id=${this.id}&token=${token}&version=1.5.5`;
  }

  /** @param {Buffer} frames @returns {boolean} see Connection.send */
  send(frames) {
    return this.#connection?.send(frames) ?? true;
  }

  /** Sends a close frame; resolves when the connection has ended. */
  close() {
    return this.#end((connection) => connection.close());
  }

  /** Resets the connection; resolves when it has ended on this side. */
  cut() {
    return this.#end((connection) => connection.cut());
  }

  #end(end) {
    const connection = this.#connection;
    if (connection === undefined) return Promise.resolve();
    this.#isClosing = true;
    return new Promise((resolve) => {
      this.#ended = resolve;
      end(connection);
    });
  }
}
