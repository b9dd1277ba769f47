import { FAULTS, type Fault } from './codes.ts';
import { GrowingBytes } from '../shared/growing-bytes.ts';
import { readLine, type Line, type PublishHead } from './verbs.ts';

/** NA12: a PUB or HPUB with its payload, which is a view on the frame or on bytes that stay unchanged. */
export interface PublishVerb {
  readonly verb: 'publish';
  readonly head: PublishHead;
  /** Undefined for PUB. */
  readonly headers: Uint8Array | undefined;
  readonly payload: Uint8Array;
}

/** One verb of a client. Nothing can be read behind a fault. */
export type Verb = Exclude<Line, PublishHead> | PublishVerb;

export interface ReaderLimits {
  /** NA8: bytes of one line. */
  readonly lineBytes: number;
  /** NA8: bytes of headers and payload of one message. */
  readonly payloadBytes: number;
  /** M23: verbs of one frame. */
  readonly verbsPerFrame: number;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const END_BYTES = 2;

/** W1, NA1: reads the verbs of one client from a stream of bytes that frames cut anywhere. */
export class VerbReader {
  readonly #limits: ReaderLimits;
  readonly #rest = new GrowingBytes();
  /** The message whose payload is not complete. */
  #head: PublishHead | undefined;
  #frame: Uint8Array = new Uint8Array();
  #at = 0;

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /** W1. */
  get restBytes(): number {
    return this.#rest.size;
  }

  /** The verbs that are complete with this frame. Must not be called after a fault. */
  read(frame: Uint8Array): readonly Verb[] {
    this.#frame = frame;
    this.#at = 0;
    const verbs: Verb[] = [];
    for (let verb = this.#next(); verb !== undefined; verb = this.#next()) {
      verbs.push(verbs.length < this.#limits.verbsPerFrame ? verb : fault(FAULTS.tooManyVerbs));
      if (verbs.at(-1)?.verb === 'fault') break;
    }
    this.#frame = new Uint8Array();
    return verbs;
  }

  #next(): Verb | undefined {
    if (this.#head !== undefined) return this.#payload(this.#head);
    const { lineBytes, payloadBytes } = this.#limits;
    const end = this.#frame.indexOf(LINE_FEED, this.#at);
    const length = this.#rest.length + (end < 0 ? this.#frame.length : end) - this.#at;
    if (length > lineBytes) return fault(FAULTS.longLine);
    if (end < 0) return this.#keep(lineBytes);
    const line = readLine(this.#take(end - this.#at, lineBytes));
    this.#at += 1;
    if (line.verb !== 'pub') return line;
    if (line.totalBytes > payloadBytes) return fault(FAULTS.largePayload);
    this.#head = line;
    return this.#payload(line);
  }

  #payload(head: PublishHead): Verb | undefined {
    const needed = head.totalBytes + END_BYTES;
    const missing = needed - this.#rest.length;
    if (this.#frame.length - this.#at < missing) return this.#keep(needed);
    const bytes = this.#take(missing, needed);
    this.#head = undefined;
    const { totalBytes, headerBytes = 0 } = head;
    if (bytes[totalBytes] !== CARRIAGE_RETURN || bytes[totalBytes + 1] !== LINE_FEED) return fault(FAULTS.unknownVerb);
    const headers = head.headerBytes === undefined ? undefined : bytes.subarray(0, headerBytes);
    return { verb: 'publish', head, headers, payload: bytes.subarray(headerBytes, totalBytes) };
  }

  /** Keeps the rest of the frame. */
  #keep(most: number): undefined {
    if (this.#at < this.#frame.length) this.#rest.append(this.#frame.subarray(this.#at), most);
    this.#at = this.#frame.length;
  }

  /** The kept bytes and the next `count` bytes of the frame. */
  #take(count: number, most: number): Uint8Array {
    const bytes = this.#frame.subarray(this.#at, this.#at + count);
    this.#at += count;
    if (this.#rest.length === 0) return bytes;
    this.#rest.append(bytes, most);
    return this.#rest.take();
  }
}

function fault(found: Fault): Verb {
  return { verb: 'fault', fault: found };
}
