import type { Socket as NetSocket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { FrameMemory } from './frame-memory.ts';
import { isPlain } from './shared-reads.ts';
import { unreadBytes } from './socket.ts';

/** The encoding that Node gives to writes of bytes. The types do not know it. */
const BYTES = 'buffer' as BufferEncoding;

/** As the streams of Node have it. */
const HIGH_WATER_MARK = 64 * 1024;

/** Sends the bytes of one connection, in order. */
export interface Output {
  /** Bytes that the network has not accepted. Not asked after `end`. */
  readonly unsentBytes: number;
  /** A client with as many unsent bytes reads slowly. */
  readonly highWaterMark: number;
  /** B1: the part of them that the memory budget counts. */
  readonly unreadBytes: number;
  /** @returns memory for bytes that are written in this turn of the event loop. */
  take(bytes: number): Buffer;
  write(bytes: Uint8Array): void;
  /** Sends the bytes, if any, as the last. The client may send more, and ends the connection. */
  end(last?: Uint8Array): void;
  /**
   * Sends the bytes, if any, as the last, to a client that sends nothing more.
   * @returns false if the connection is open until the client has read all bytes, and has ended it.
   */
  close(last?: Uint8Array): boolean;
}

/** Is notified of the progress of an output. */
interface OutputOwner {
  readonly frameMemory: FrameMemory;
  /** All bytes of a client that was slow are sent. */
  receiveDrain(): void;
}

export function outputOf(stream: Duplex, owner: OutputOwner): Output {
  return isPlain(stream) ? new TcpOutput(stream, owner) : new StreamOutput(stream, owner);
}

/** Sends by the stream. */
class StreamOutput implements Output {
  readonly #stream: Duplex;

  constructor(stream: Duplex, owner: OutputOwner) {
    this.#stream = stream;
    stream.on('drain', () => owner.receiveDrain());
  }

  get unsentBytes(): number {
    return this.#stream.writableLength;
  }

  get unreadBytes(): number {
    return unreadBytes(this.#stream);
  }

  get highWaterMark(): number {
    return this.#stream.writableHighWaterMark;
  }

  /** The stream may need the bytes for longer than this turn. */
  take(bytes: number): Buffer {
    return Buffer.allocUnsafe(bytes);
  }

  write(bytes: Uint8Array): void {
    this.#stream.write(bytes);
  }

  end(last?: Uint8Array): void {
    if (last === undefined) this.#stream.end();
    else this.#stream.end(last);
  }

  close(last?: Uint8Array): boolean {
    this.end(last);
    return false;
  }
}

/**
 * Sends over TCP by the method that the queue of the stream calls: the queue would cost as much as the write. The network accepts
 * almost every write within the call, so that the queue here is for slow clients.
 */
class TcpOutput implements Output {
  readonly #stream: NetSocket;
  readonly #owner: OutputOwner;
  /** Bytes of the write that the network has not accepted yet. */
  #pendingBytes = 0;
  #waiting: Uint8Array[] | undefined = undefined;
  #waitingBytes = 0;
  /** A write, or its end, waits for the client. */
  #isSlow = false;

  constructor(stream: NetSocket, owner: OutputOwner) {
    this.#stream = stream;
    this.#owner = owner;
  }

  get unsentBytes(): number {
    return this.#pendingBytes + this.#waitingBytes;
  }

  get unreadBytes(): number {
    return this.unsentBytes;
  }

  get highWaterMark(): number {
    return HIGH_WATER_MARK;
  }

  take(bytes: number): Buffer {
    return this.#owner.frameMemory.take(bytes);
  }

  write(bytes: Uint8Array): void {
    if (this.#stream.destroyed) return;
    if (this.#pendingBytes > 0) {
      this.#owner.frameMemory.keep(bytes);
      (this.#waiting ??= []).push(bytes);
      this.#waitingBytes += bytes.length;
      return;
    }
    this.#pendingBytes = bytes.length;
    this.#stream._write(bytes, BYTES, this.#written);
    this.#isSlow = this.#pendingBytes > 0;
    if (this.#isSlow) this.#owner.frameMemory.keep(bytes);
  }

  end(last?: Uint8Array): void {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    for (const bytes of waiting) this.#stream.write(bytes);
    if (last === undefined) this.#stream.end();
    else this.#stream.end(last);
  }

  /** The kernel delivers what it has accepted. A half-closed connection would need three more system calls, and a timer. */
  close(last?: Uint8Array): boolean {
    if (last !== undefined) this.write(last);
    if (this.#pendingBytes > 0) {
      this.end();
      return false;
    }
    this.#stream.destroy();
    return true;
  }

  /** Called within `_write`, or later. */
  readonly #written = (error?: Error | null): void => {
    this.#pendingBytes = 0;
    if (error !== undefined && error !== null) {
      this.#stream.destroy();
      return;
    }
    if (this.#waiting === undefined) {
      if (this.#isSlow) this.#owner.receiveDrain();
      this.#isSlow = false;
      return;
    }
    const waiting = Buffer.concat(this.#waiting, this.#waitingBytes);
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.write(waiting);
  };
}
