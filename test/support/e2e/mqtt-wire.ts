import { generate, parser, type Packet } from 'mqtt-packet';
import { WebSocket } from 'ws';
import { until } from './until.ts';

const TIMEOUT_MS = 60_000;
const PINGREQ = Buffer.from('c000', 'hex');

/** The address of a broker on loopback. */
interface Place {
  readonly host: string;
  readonly port: number;
}

/** An MQTT connection that sends any bytes. The packets of the broker are read by a foreign library. */
export class MqttWire {
  readonly version: 4 | 5;
  readonly packets: Packet[] = [];
  readonly #socket: WebSocket;
  #isClosed = false;

  private constructor(socket: WebSocket, version: 4 | 5) {
    this.#socket = socket;
    this.version = version;
    const reader = parser({ protocolVersion: version });
    reader.on('packet', (packet) => void this.packets.push(packet));
    socket.on('message', (bytes: Buffer) => void reader.parse(bytes));
    socket.on('close', () => (this.#isClosed = true));
    socket.on('error', () => socket.terminate());
  }

  static async open({ host, port }: Place, version: 4 | 5): Promise<MqttWire> {
    const wire = new MqttWire(new WebSocket(`ws://${host}:${port}/mqtt`, 'mqtt'), version);
    await until(TIMEOUT_MS, 'a WebSocket to open', () => (wire.#socket.readyState === WebSocket.OPEN ? true : undefined));
    return wire;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  sendHex(digits: string): this {
    return this.sendBytes(Buffer.from(digits.replaceAll(' ', ''), 'hex'));
  }

  sendBytes(bytes: Uint8Array): this {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(bytes);
    return this;
  }

  send(packet: Packet): this {
    return this.sendBytes(generate(packet, { protocolVersion: this.version }));
  }

  /** Waits until all earlier packets are handled, or the broker has closed the connection. */
  async settle(): Promise<void> {
    // Retained publications may follow the first PINGRESP.
    for (let time = 0; time < 2; time++) {
      const before = this.#pongs;
      this.sendBytes(PINGREQ);
      await until(TIMEOUT_MS, 'PINGRESP', () => (this.#isClosed || this.#pongs > before ? true : undefined));
    }
  }

  close(): void {
    this.#socket.terminate();
  }

  get #pongs(): number {
    return this.packets.filter(({ cmd }) => cmd === 'pingresp').length;
  }
}
