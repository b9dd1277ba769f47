import { io } from 'socket.io-client';

const ACK_TIMEOUT_MS = 45_000;

/** Sends the same events as Peerix' driver for Socket.IO: each requests an ack, and a reconnect subscribes again. */
export class SocketIoDriver {
  onmessage = () => undefined;
  #socket;
  #prefix;
  #namespaces = new Set();

  constructor(url, prefix = 'peerix:') {
    this.#prefix = prefix;
    this.#socket = io(url, { transports: ['polling', 'websocket'] });
    this.#socket.on(`${prefix}message`, (_, data) => this.onmessage(Uint8Array.from(data)));
    this.#socket.io.on('reconnect', () => {
      for (const namespace of this.#namespaces) void this.#emit('subscribe', namespace);
    });
  }

  async subscribe(namespace) {
    this.#namespaces.add(namespace);
    await this.#emit('subscribe', namespace);
  }

  async publish(namespace, bytes) {
    await this.#emit('publish', namespace, [...bytes]);
  }

  close() {
    this.#socket.close();
  }

  #emit(event, ...given) {
    return new Promise((resolve, reject) => {
      this.#socket
        .timeout(ACK_TIMEOUT_MS)
        .emit(`${this.#prefix}${event}`, ...given, (error) => (error ? reject(error) : resolve()));
    });
  }
}
