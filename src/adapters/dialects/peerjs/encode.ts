import type { MessageKind, SignalMessage } from '../../../domain/message.ts';
import { writePlainText } from '../shared/plain-texts.ts';

const HEADS: Record<MessageKind, Buffer> = {
  offer: Buffer.from('{"type":"OFFER","src":'),
  answer: Buffer.from('{"type":"ANSWER","src":'),
  candidate: Buffer.from('{"type":"CANDIDATE","src":'),
  leave: Buffer.from('{"type":"LEAVE","src":'),
  expire: Buffer.from('{"type":"EXPIRE","src":'),
};
const DST = Buffer.from(',"dst":');
const PAYLOAD = Buffer.from(',"payload":');

/** An upper bound for the bytes of a frame apart from its ids and payload. */
const FRAME_BYTES = 64;
/** The longest JSON form of a character: `\u0000`. */
const BYTES_PER_CHARACTER = 6;

const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;

/** Writes messages into one reusable buffer, which grows with the longest message. */
export class Encoder {
  #memory = new ArrayBuffer(4096);
  #buffer = Buffer.from(this.#memory);
  #words = new DataView(this.#memory);

  /** M1, M2, M3: `type`, `src`, `dst`, and the payload byte for byte if there is one. The result is valid until the next call. */
  encode({ kind, from, to, payload }: SignalMessage): Uint8Array {
    const size = FRAME_BYTES + (from.length + to.length) * BYTES_PER_CHARACTER + (payload?.length ?? 0);
    if (size > this.#buffer.length) this.#grow(size * 2);
    let end = this.#put(HEADS[kind], 0);
    end = this.#putText(from, end);
    end = this.#put(DST, end);
    end = this.#putText(to, end);
    if (payload !== undefined) {
      end = this.#put(PAYLOAD, end);
      end = this.#put(payload, end);
    }
    this.#buffer[end] = CLOSING_BRACE;
    return new Uint8Array(this.#memory, 0, end + 1);
  }

  #put(bytes: Uint8Array, at: number): number {
    this.#buffer.set(bytes, at);
    return at + bytes.length;
  }

  /** A text in quotes. A text that is not plain may need escapes. */
  #putText(text: string, start: number): number {
    if (!writePlainText(text, this.#words, start + 1)) return start + this.#buffer.write(JSON.stringify(text), start);
    const end = start + 1 + text.length;
    this.#buffer[start] = QUOTE;
    this.#buffer[end] = QUOTE;
    return end + 1;
  }

  #grow(size: number): void {
    this.#memory = new ArrayBuffer(size);
    this.#buffer = Buffer.from(this.#memory);
    this.#words = new DataView(this.#memory);
  }
}
