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
  #text = '';
  #packet: Packet | undefined;
  #attachments: Uint8Array[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  get isWaiting(): boolean {
    return this.#packet !== undefined;
  }

  expect(text: string, packet: Packet): void {
    this.#text = text;
    this.#packet = packet;
    this.#bytes = text.length;
  }

  /** Copies one attachment. @returns the packet if this was the last attachment. */
  add(bytes: Uint8Array): WholePacket | 'too big' | undefined {
    const packet = this.#packet;
    if (packet === undefined) return undefined;
    this.#bytes += bytes.length;
    if (this.#bytes > this.#maxBytes) return 'too big';
    this.#attachments.push(Uint8Array.from(bytes));
    if (this.#attachments.length < packet.attachments) return undefined;
    const whole = { text: this.#text, packet, attachments: this.#attachments };
    this.clear();
    return whole;
  }

  clear(): void {
    this.#text = '';
    this.#packet = undefined;
    this.#attachments = [];
    this.#bytes = 0;
  }
}
