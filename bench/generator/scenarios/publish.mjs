/* One publisher and many listeners of one topic: the next publications are sent when all listeners have the last ones. */
import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { slicesOfLoad } from '../slices.mjs';
import { WIRES } from '../wires.mjs';

const HOST = '127.0.0.1';
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const PATIENCE_MS = 10_000;

/**
 * @typedef {{ port: number, pid: number, wire: string, target?: string, listeners: number, depth: number, warmUpMs: number,
 *   slices: number, sliceMs: number }} Options `depth`: publications in flight
 * @param {Options} options
 */
export async function publish({ port, wire: name, target, listeners: count, depth, ...measure }, faults) {
  const wire = { ...WIRES[name], ...(target === undefined ? {} : { target }) };
  const load = new Load(wire, { port, depth, faults });
  await load.connect(count);
  return slicesOfLoad(load, measure);
}

class Load {
  /** Deliveries. */
  arrived = 0;
  #wire;
  #port;
  #depth;
  #faults;
  #listeners = [];
  #publishers = [];
  #sent = 0;
  #isStopping = false;

  constructor(wire, { port, depth, faults }) {
    this.#wire = wire;
    this.#port = port;
    this.#depth = depth;
    this.#faults = faults;
  }

  async connect(count) {
    // A request waits for the response to the one before it on its connection.
    const publishers = this.#wire.stream === undefined ? 1 : this.#depth;
    for (let n = 0; n < count; n++) this.#listeners.push(await this.#opened(true));
    for (let n = 0; n < publishers; n++) this.#publishers.push(await this.#opened(false));
    // Publications of several connections have no order.
    const isOrdered = publishers === 1;
    for (const listener of this.#listeners) listener.count(this.#wire.form, (why) => this.#delivered(isOrdered ? why : undefined));
  }

  start() {
    for (let n = 0; n < this.#depth; n++) this.#publishers[n % this.#publishers.length].send(this.#wire.publish(this.#sent++));
  }

  async stop() {
    this.#isStopping = true;
    const all = this.#sent * this.#listeners.length;
    for (let waited = 0; this.arrived < all && waited < PATIENCE_MS; waited += 20) await pause(20);
    if (this.arrived !== all) this.#faults.note('deliveries lost', `${all - this.arrived} of ${all}`);
    for (const one of [...this.#listeners, ...this.#publishers]) one.cut();
  }

  #delivered(fault) {
    if (fault !== undefined) this.#faults.note('not the next publication', fault);
    this.arrived += 1;
    if (this.arrived === this.#sent * this.#listeners.length && !this.#isStopping) this.start();
  }

  async #opened(isListener) {
    const { stream, target, subprotocol, connect: hello, connected, subscribe, subscribed } = this.#wire;
    const one = new Wire(this.#port, (why) => this.#faults.note('a connection ended', why));
    if (stream !== undefined) {
      if (isListener) await one.ask(stream, 'HTTP/1.1 200');
      return one;
    }
    await one.ask(handshake(this.#port, target, subprotocol), '\r\n\r\n');
    await one.ask(hello, connected);
    if (isListener && subscribe !== undefined) await one.ask(subscribe, subscribed);
    return one;
  }
}

function handshake(port, target, subprotocol) {
  const lines = [`GET ${target} HTTP/1.1`, `Host: ${HOST}:${port}`, 'Connection: Upgrade', 'Upgrade: websocket'];
  if (subprotocol !== undefined) lines.push(`Sec-WebSocket-Protocol: ${subprotocol}`);
  return [...lines, 'Sec-WebSocket-Version: 13', `Sec-WebSocket-Key: ${KEY}`, '', ''].join('\r\n');
}

/** A raw connection. Frames of servers are not masked, so that payloads are found without reading frames. */
class Wire {
  #socket;
  #onData = () => undefined;
  #isCut = false;

  constructor(port, onEnd) {
    this.#socket = connect({ port, host: HOST, noDelay: true });
    this.#socket.on('data', (bytes) => this.#onData(bytes));
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#isCut || onEnd('closed by the server'));
  }

  send(bytes) {
    this.#socket.write(bytes);
  }

  /** Sends bytes, and waits for others. */
  async ask(bytes, expected) {
    let received = Buffer.alloc(0);
    const answered = new Promise((resolve) => {
      this.#onData = (more) => {
        received = Buffer.concat([received, more]);
        if (received.includes(expected)) resolve(true);
      };
    });
    this.send(bytes);
    const isAnswered = await Promise.race([answered, pause(PATIENCE_MS, false)]);
    this.#onData = () => undefined;
    if (!isAnswered) throw new Error(`no ${JSON.stringify(String(expected))} in ${JSON.stringify(received.toString('latin1').slice(0, 200))}`);
  }

  /** Reports each publication, with a fault if it is not the next one. */
  count({ mark, length, numberIn }, report) {
    let rest = Buffer.alloc(0);
    let next = 0;
    this.#onData = (more) => {
      const bytes = rest.length === 0 ? more : Buffer.concat([rest, more]);
      let at = 0;
      for (let found = bytes.indexOf(mark); found >= 0 && found + length <= bytes.length; found = bytes.indexOf(mark, at)) {
        at = found + length;
        const number = numberIn(bytes.latin1Slice(found, at));
        report(number === next ? undefined : `${number} instead of ${next}`);
        next = number + 1;
      }
      rest = Buffer.from(bytes.subarray(Math.max(at, bytes.length - length)));
    };
  }

  cut() {
    this.#isCut = true;
    this.#socket.destroy();
  }
}
