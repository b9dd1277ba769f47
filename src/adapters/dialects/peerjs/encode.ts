import type { MessageKind, SignalMessage } from '../../../domain/message.ts';
import { WORD_BYTES } from '../shared/json-bytes.ts';
import { writePlainText } from '../shared/plain-texts.ts';
import type { TextCache } from '../shared/text-cache.ts';

const HEADS: Record<MessageKind, Buffer> = {
  offer: Buffer.from('{"type":"OFFER","src":'),
  answer: Buffer.from('{"type":"ANSWER","src":'),
  candidate: Buffer.from('{"type":"CANDIDATE","src":'),
  leave: Buffer.from('{"type":"LEAVE","src":'),
  expire: Buffer.from('{"type":"EXPIRE","src":'),
};
const DST = wordsOf(',"dst":');
const PAYLOAD = wordsOf(',"payload":');

/** An upper bound for the bytes of a frame apart from its ids and payload. */
const FRAME_BYTES = 64;
/** The longest JSON form of a character: `\u0000`. */
const BYTES_PER_CHARACTER = 6;

/** A power of two: views of the buffer that are kept, by the lower bits of their length. */
const VIEWS = 256;

const QUOTE = 0x22;
const CLOSING_BRACE = 0x7d;

/** Writes messages into one reusable buffer, which grows with the longest message. */
export class Encoder {
  readonly #cache: TextCache;
  #memory = new ArrayBuffer(4096);
  #buffer = Buffer.from(this.#memory);
  #words = new DataView(this.#memory);
  /** The buffer begins with the head of this kind, which the previous message had. */
  #kind: MessageKind | undefined = undefined;
  #headLength = 0;
  readonly #views = new Array<Uint8Array>(VIEWS).fill(this.#buffer);

  /** @param cache that of the decoder, whose frames have most of the ids that are written. */
  constructor(cache: TextCache) {
    this.#cache = cache;
  }

  /** M1, M2, M3: `type`, `src`, `dst`, and the payload byte for byte if there is one. The result is valid until the next call. */
  encode({ kind, from, to, payload }: SignalMessage): Uint8Array {
    const size = FRAME_BYTES + (from.length + to.length) * BYTES_PER_CHARACTER + (payload?.length ?? 0);
    if (size > this.#buffer.length) this.#grow(size * 2);
    if (kind !== this.#kind) this.#putHead(kind);
    let end = this.#putText(from, this.#headLength);
    end = this.#putWords(DST, end);
    end = this.#putRecipient(to, end);
    if (payload !== undefined) {
      end = this.#putWords(PAYLOAD, end);
      this.#buffer.set(payload, end);
      end += payload.length;
    }
    this.#buffer[end] = CLOSING_BRACE;
    return this.#view(end + 1);
  }

  #putHead(kind: MessageKind): void {
    const head = HEADS[kind];
    this.#buffer.set(head, 0);
    this.#kind = kind;
    this.#headLength = head.length;
  }

  /** For a few bytes, this takes less time than `set`. */
  #putWords({ words, length }: Words, at: number): number {
    for (let i = 0; i < words.length; i++) {
      const offset = Math.min(i * WORD_BYTES, length - WORD_BYTES);
      this.#words.setInt32(at + offset, words[i] as number, true);
    }
    return at + length;
  }

  /** Messages of equal length share a view, because a new one takes as long as the copy of a small payload. */
  #view(length: number): Uint8Array {
    const known = this.#views[length & (VIEWS - 1)] as Uint8Array;
    if (known.length === length) return known;
    const view = new Uint8Array(this.#memory, 0, length);
    this.#views[length & (VIEWS - 1)] = view;
    return view;
  }

  #putRecipient(to: string, start: number): number {
    return this.#cache.writeLikely(to, this.#words, start + 1) ? this.#putQuotes(start, to.length) : this.#putText(to, start);
  }

  /** A text in quotes. A text that is not plain may need escapes. */
  #putText(text: string, start: number): number {
    if (writePlainText(text, this.#words, start + 1)) return this.#putQuotes(start, text.length);
    return start + this.#buffer.write(JSON.stringify(text), start);
  }

  #putQuotes(start: number, length: number): number {
    const end = start + 1 + length;
    this.#buffer[start] = QUOTE;
    this.#buffer[end] = QUOTE;
    return end + 1;
  }

  #grow(size: number): void {
    this.#memory = new ArrayBuffer(size);
    this.#buffer = Buffer.from(this.#memory);
    this.#words = new DataView(this.#memory);
    this.#kind = undefined;
    this.#views.fill(this.#buffer);
  }
}

/** ASCII in words. The last word is aligned with the end, and may overlap the one before. */
interface Words {
  readonly words: readonly number[];
  readonly length: number;
}

function wordsOf(text: string): Words {
  const bytes = Buffer.from(text);
  const { length } = bytes;
  const count = Math.ceil(length / WORD_BYTES);
  const words = Array.from({ length: count }, (_, i) => bytes.readInt32LE(Math.min(i * WORD_BYTES, length - WORD_BYTES)));
  return { words, length };
}
