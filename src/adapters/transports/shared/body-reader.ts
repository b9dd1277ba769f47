import type { MemoryAccount } from '../../../domain/memory-account.ts';
import { BUFFER_BYTES } from '../../../domain/memory-sizes.ts';
import type { BodyPieces } from './body-pieces.ts';

/** Receives the body; undefined if it was too large. */
export type BodyCallback = (body: Uint8Array | undefined) => void;

/** Reads the body of one request: into memory if it is needed, otherwise it is discarded. */
export class BodyReader {
  readonly #maxUnread: number;
  readonly #pieces: BodyPieces;
  /** Pieces of this body in one turn. */
  #ownPieces = 0;
  #turn = 0;
  #buffer: Uint8Array | undefined;
  #maxBytes = 0;
  #bytes = 0;
  #callback: BodyCallback | undefined;
  #memory: MemoryAccount | undefined;

  /** @param maxUnread bytes that are discarded before the body is `excessive`. */
  constructor(maxUnread: number, pieces: BodyPieces) {
    this.#maxUnread = maxUnread;
    this.#pieces = pieces;
  }

  /** @param memory B5: counts the received bytes until the body is complete. */
  read(maxBytes: number, then: BodyCallback, memory: MemoryAccount | undefined): void {
    this.#maxBytes = maxBytes;
    this.#callback = then;
    this.#memory = memory;
  }

  /** Copies the chunk if the body is needed. @returns `excessive` if the connection should be closed instead of read on. */
  add(piece: Uint8Array): 'continue' | 'excessive' {
    if (!this.#admitsPiece()) return 'excessive';
    const start = this.#bytes;
    this.#bytes += piece.length;
    if (this.#callback === undefined) return this.#bytes > this.#maxUnread ? 'excessive' : 'continue';
    if (this.#bytes > this.#maxBytes) this.#finish(undefined);
    else this.#append(piece, start);
    return 'continue';
  }

  /** The body is complete. */
  end(): void {
    this.#finish(this.#buffer?.subarray(0, this.#bytes) ?? new Uint8Array());
  }

  /** The body is no longer needed, and its memory is freed. @returns whether it was needed and incomplete. */
  discard(): boolean {
    const isIncomplete = this.#callback !== undefined;
    this.#callback = undefined;
    this.#free();
    return isIncomplete;
  }

  #admitsPiece(): boolean {
    const { turn } = this.#pieces;
    this.#ownPieces = turn === this.#turn ? this.#ownPieces + 1 : 1;
    this.#turn = turn;
    return this.#pieces.admits(this.#ownPieces);
  }

  /** One buffer that grows by doubling, because many small chunks would occupy more than their bytes. */
  #append(piece: Uint8Array, start: number): void {
    if (this.#buffer === undefined || this.#buffer.length < this.#bytes) {
      const doubled = Math.min(2 * (this.#buffer?.length ?? 0), this.#maxBytes);
      const larger = new Uint8Array(Math.max(this.#bytes, doubled));
      if (this.#buffer !== undefined) larger.set(this.#buffer);
      this.#buffer = larger;
      this.#memory?.set('body', BUFFER_BYTES + larger.length);
    }
    this.#buffer.set(piece, start);
  }

  #finish(body: Uint8Array | undefined): void {
    const then = this.#callback;
    this.#callback = undefined;
    this.#free();
    then?.(body);
  }

  /** The rest of a body that is too large is discarded; its bytes are counted from here. */
  #free(): void {
    this.#buffer = undefined;
    this.#bytes = 0;
    this.#memory?.set('body', 0);
  }
}
