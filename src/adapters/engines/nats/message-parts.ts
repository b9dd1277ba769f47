import type { NodeId } from '../../../domain/ids.ts';

/** Start of a part. No whole message starts like this. */
const PART_PREFIX = 'part ';
const NEWLINE = 10;
/** Room for the header of a part: a node id and three numbers. */
const HEADER_BYTES = 512;
/** Limit for all incomplete messages together. */
const MAX_INCOMPLETE_BYTES = 256 * 1024 * 1024;

/** Splits a message into parts that fit into one NATS message each. @param maxBytes `max_payload` of the server. */
export function splitMessage(
  from: NodeId,
  messageNumber: number,
  text: string,
  maxBytes: number,
): readonly (string | Uint8Array)[] {
  if (text.length * 3 <= maxBytes) return [text];
  const bytes = Buffer.from(text);
  if (bytes.length <= maxBytes) return [bytes];
  const size = maxBytes - HEADER_BYTES;
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, n) => {
    const head = Buffer.from(`${PART_PREFIX}${from} ${messageNumber} ${n} ${count}\n`);
    return Buffer.concat([head, bytes.subarray(n * size, (n + 1) * size)]);
  });
}

interface Incomplete {
  readonly messageNumber: string;
  readonly parts: Uint8Array[];
  bytes: number;
}

/** Assembles messages from their parts. Parts of one node must arrive in order; otherwise the message is dropped. */
export class PartAssembler {
  /** The incomplete message of each node. */
  readonly #incomplete = new Map<string, Incomplete>();
  #bytes = 0;

  /** @returns the whole message with its last part, or undefined. */
  add(message: Uint8Array): string | undefined {
    const bytes = Buffer.from(message.buffer, message.byteOffset, message.byteLength);
    if (!bytes.subarray(0, PART_PREFIX.length).equals(Buffer.from(PART_PREFIX))) return bytes.toString();
    const end = bytes.indexOf(NEWLINE);
    const [, from = '', messageNumber = '', index, count] = bytes.subarray(0, Math.max(end, 0)).toString().split(' ');
    if (Number(index) === 0) this.#start(from, messageNumber);
    const known = this.#incomplete.get(from);
    if (known?.messageNumber !== messageNumber || known.parts.length !== Number(index)) return this.#drop(from);
    known.parts.push(new Uint8Array(bytes.subarray(end + 1)));
    known.bytes += bytes.length;
    this.#bytes += bytes.length;
    if (this.#bytes > MAX_INCOMPLETE_BYTES) return this.#drop(from);
    if (known.parts.length < Number(count)) return undefined;
    this.#drop(from);
    return Buffer.concat(known.parts).toString();
  }

  #start(from: string, messageNumber: string): void {
    this.#drop(from);
    this.#incomplete.set(from, { messageNumber, parts: [], bytes: 0 });
  }

  #drop(from: string): undefined {
    this.#bytes -= this.#incomplete.get(from)?.bytes ?? 0;
    this.#incomplete.delete(from);
  }
}
