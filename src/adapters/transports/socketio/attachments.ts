import { BUFFER_BYTES } from '../../../domain/memory-sizes.ts';
import type { Packet } from './packets.ts';

/** A packet with all its attachments. */
export interface WholePacket {
  readonly text: string;
  readonly packet: Packet;
  readonly attachments: readonly Uint8Array[];
}

/** SIO3: buffers a packet until its attachments are received, up to the size limit of a message. */
export class AttachmentBuffer {
  readonly #maxBytes: number;
  readonly #count: (bytes: number) => void;
  /** The packet in bytes, because a part of a string keeps the whole string in memory. */
  #text: Buffer | undefined;
  #packet: Packet | undefined;
  #attachments: Uint8Array[] = [];
  #bytes = 0;

  /** @param count B5: receives the memory that is held, at each change. */
  constructor(maxBytes: number, count: (bytes: number) => void) {
    this.#maxBytes = maxBytes;
    this.#count = count;
  }

  get isWaiting(): boolean {
    return this.#packet !== undefined;
  }

  expect(text: string, packet: Packet): void {
    this.#text = Buffer.from(text);
    this.#packet = packet;
    this.#bytes = this.#text.length;
    this.#countHeld();
  }

  /** Copies one attachment. @returns the packet if this was the last attachment. */
  add(bytes: Uint8Array): WholePacket | 'too big' | undefined {
    const [packet, text] = [this.#packet, this.#text];
    if (packet === undefined || text === undefined) return undefined;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) return 'too big';
    this.#attachments.push(Uint8Array.from(bytes));
    if (this.#attachments.length < packet.attachments) return void this.#countHeld();
    const whole = { text: text.toString(), packet, attachments: this.#attachments };
    this.clear();
    return whole;
  }

  clear(): void {
    if (this.#packet === undefined) return;
    this.#text = undefined;
    this.#packet = undefined;
    this.#attachments = [];
    this.#bytes = 0;
    this.#count(0);
  }

  #countHeld(): void {
    this.#count(this.#bytes + (1 + this.#attachments.length) * BUFFER_BYTES);
  }
}
