/* Two peers that send offers to each other continuously, and the latency of each offer. */
import { performance } from 'node:perf_hooks';
import { clearInterval, setInterval } from 'node:timers';
import { setTimeout as sleep } from 'node:timers/promises';
import WebSocket from 'ws';

const EVERY_MS = 20;
const PADDING = 'x'.repeat(600);

export class Pair {
  #port;
  #sockets = [];
  #timer;
  #isStopping = false;
  #sent = 0;
  #received = 0;
  #window = [];
  #all = [];
  faults = [];

  constructor(port) {
    this.#port = port;
  }

  async start() {
    this.#sockets = await Promise.all(['ann', 'bob'].map((id) => this.#open(id)));
    this.#timer = setInterval(() => this.#send(), EVERY_MS);
  }

  /** Latencies in milliseconds since the last call. */
  takeWindow() {
    const window = this.#window;
    this.#window = [];
    this.#all.push(...window);
    return summaryOf(window);
  }

  /** Waits for messages in flight. */
  async stop() {
    clearInterval(this.#timer);
    for (let i = 0; i < 100 && this.#received < this.#sent; i++) await sleep(100);
    if (this.#received < this.#sent) {
      this.faults.push(`${this.#sent - this.#received} of ${this.#sent} messages were not received`);
    }
    this.#isStopping = true;
    for (const socket of this.#sockets) socket.terminate();
    this.takeWindow();
    return summaryOf(this.#all);
  }

  #open(id) {
    const socket = new WebSocket(`ws://127.0.0.1:${this.#port}/peerjs?key=peerjs&id=${id}&token=${id}`);
    const other = id === 'ann' ? 'bob' : 'ann';
    let expected = 0;
    socket.on('close', (code) => this.#isStopping || this.faults.push(`the socket of ${id} was closed with ${code}`));
    return new Promise((resolve, reject) => {
      socket.on('error', reject);
      socket.on('message', (bytes) => {
        const { type, src, payload } = JSON.parse(bytes);
        if (type === 'OPEN') return resolve(socket);
        this.#received += 1;
        this.#window.push(performance.now() - payload.at);
        if (type !== 'OFFER' || src !== other) this.faults.push(`${id} received ${type} of ${src}`);
        if (payload.number !== expected) this.faults.push(`${id} received message ${payload.number} instead of ${expected}`);
        expected = payload.number + 1;
      });
    });
  }

  #numbers = [0, 0];

  #send() {
    for (const [i, socket] of this.#sockets.entries()) {
      const payload = { at: performance.now(), number: this.#numbers[i]++, padding: PADDING };
      socket.send(JSON.stringify({ type: 'OFFER', dst: i === 0 ? 'bob' : 'ann', payload }));
      this.#sent += 1;
    }
  }
}

function summaryOf(latencies) {
  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: sorted.at(-1) ?? 0 };
}
