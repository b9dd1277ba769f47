import type { Millis } from '../../../domain/time.ts';
import { writeBag, type Letter } from './entries.ts';
import { bagKey } from './keys.ts';
import { MOST_IN_BAG, positionOf } from './letters.ts';
import type { Appended, Entry } from './writer.ts';

interface Posted {
  readonly letter: Letter;
  readonly settle: (position: number | undefined) => void;
}

export interface PackerParts {
  readonly append: (entry: Entry) => Promise<Appended>;
  readonly nextTicket: () => string;
  readonly stamp: () => Millis | undefined;
  /** What one entry may have, in bytes. */
  readonly mostBytes: number;
}

const BAG_BYTES = 256 * 1024;
/** What JSON and UTF-8 make of one UTF-16 unit of an id, at most. */
const UNIT_BYTES = 3;
/** The rest of the head of a letter. */
const LETTER_BYTES = 160;
/** What is around the letters of a bag in an entry: its own head, the subject, and the headers of a message. */
export const ENTRY_BYTES = 1_024;

/** What a letter takes in an entry, at most. */
export function sizeOf({ from, to, payload, sender }: Letter): number {
  const units = from.length + to.length + (sender?.node.length ?? 0);
  return (payload?.byteLength ?? 0) + UNIT_BYTES * units + LETTER_BYTES;
}

/** What may wait for a bag. */
const MOST = 16_000;
const MOST_BYTES = 64 * 1024 * 1024;

/**
 * Packs the letters of one node into bags, in the order of the calls. One bag is under way at a time: what is put meanwhile
 * goes with the next one. So bags grow with what there is to do, and none comes before an older one that has to be written again.
 */
export class Packer {
  readonly #parts: PackerParts;
  readonly #waiting: Posted[] = [];
  /** Of what waits for a bag, and of what is under way. */
  #bytes = 0;
  #isBusy = false;
  #isAwake = false;
  /** Where the last letter stands that was put, once it does. */
  #last: Promise<number> = Promise.resolve(0);

  constructor(parts: PackerParts) {
    this.#parts = parts;
  }

  /** Whether nothing more is taken. */
  get isFull(): boolean {
    return this.#waiting.length >= MOST || this.#bytes >= MOST_BYTES;
  }

  /** @returns where the letter stands; undefined where the engine would not write it, or could not. Its payload is borrowed. */
  post(letter: Letter): Promise<number | undefined> {
    const { payload } = letter;
    const kept = payload === undefined ? letter : { ...letter, payload: new Uint8Array(payload) };
    const posted = new Promise<number | undefined>((settle) => {
      this.#waiting.push({ letter: kept, settle });
      this.#bytes += payload?.byteLength ?? 0;
      if (this.#isAwake) return;
      this.#isAwake = true;
      // What is put in the same breath goes together.
      queueMicrotask(() => {
        this.#isAwake = false;
        this.#goOn();
      });
    });
    const before = this.#last;
    this.#last = posted.then((position) => position ?? before);
    return posted;
  }

  /** Resolves when all that was put before stands there, with the position of the last of it. */
  settled(): Promise<number> {
    return this.#last;
  }

  /** The engine has forgotten the stream in which letters stood until now: no position there says anything any more. */
  forgets(): void {
    this.#last = Promise.resolve(0);
  }

  #goOn(): void {
    if (!this.#isBusy && this.#waiting.length > 0) void this.#send(this.#next());
  }

  #next(): Posted[] {
    const mostBytes = Math.min(BAG_BYTES, this.#parts.mostBytes - ENTRY_BYTES);
    let [count, bytes] = [0, 0];
    for (const { letter } of this.#waiting) {
      bytes += sizeOf(letter);
      if (count >= MOST_IN_BAG || (count > 0 && bytes > mostBytes)) break;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  async #send(posted: readonly Posted[]): Promise<void> {
    const { append, nextTicket, stamp } = this.#parts;
    const ticket = nextTicket();
    this.#isBusy = true;
    const letters = posted.map(({ letter }) => letter);
    const appended = await append({ key: bagKey(ticket), body: writeBag(letters, stamp()), ticket });
    this.#isBusy = false;
    for (const [index, { letter, settle }] of posted.entries()) {
      this.#bytes -= letter.payload?.byteLength ?? 0;
      settle(appended !== 'failed' && 'at' in appended ? positionOf(appended.at, index) : undefined);
    }
    this.#goOn();
  }
}
