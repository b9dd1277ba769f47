import type { NodeId } from '../../../domain/ids.ts';

/** How a part begins; no word does. */
const MARK = 'part ';
const NEWLINE = 10;
/** Room for the head of a part: a node's name and three numbers. */
const HEAD_BYTES = 512;
/** Of one word, and of all that are incomplete. */
const MOST_BYTES = 256 * 1024 * 1024;

/** What NATS carries in one message. @param mostBytes `max_payload` of the server. */
export function partsOf(from: NodeId, word: number, text: string, mostBytes: number): readonly (string | Uint8Array)[] {
  if (text.length * 3 <= mostBytes) return [text];
  const bytes = Buffer.from(text);
  if (bytes.length <= mostBytes) return [bytes];
  const size = mostBytes - HEAD_BYTES;
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, n) => {
    const head = Buffer.from(`${MARK}${from} ${word} ${n} ${count}\n`);
    return Buffer.concat([head, bytes.subarray(n * size, (n + 1) * size)]);
  });
}

interface Incomplete {
  readonly word: string;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** Puts the parts of long words together. Those of one node arrive in order, or the word is lost, as any other may be. */
export class Parts {
  /** The one word that each node is sending. */
  readonly #incomplete = new Map<string, Incomplete>();
  #bytes = 0;

  /** @returns the whole word, when its last part has come; undefined until then. */
  take(message: Uint8Array): string | undefined {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    if (!bytes.subarray(0, MARK.length).equals(Buffer.from(MARK))) return bytes.toString();
    const end = bytes.indexOf(NEWLINE);
    const [, from = '', word = '', place, count] = bytes.subarray(0, Math.max(end, 0)).toString().split(' ');
    if (Number(place) === 0) this.#begin(from, word);
    const known = this.#incomplete.get(from);
    if (known?.word !== word || known.parts.length !== Number(place)) return this.#drop(from);
    known.parts.push(new Uint8Array(bytes.subarray(end + 1)));
    known.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) return this.#drop(from);
    if (known.parts.length < Number(count)) return undefined;
    this.#drop(from);
    return Buffer.concat(known.parts).toString();
  }

  #begin(from: string, word: string): void {
    this.#drop(from);
    this.#incomplete.set(from, { word, parts: [], bytes: 0 });
  }

  #drop(from: string): undefined {
    this.#bytes -= this.#incomplete.get(from)?.bytes ?? 0;
    this.#incomplete.delete(from);
  }
}
