import type { ConnectionId } from '../domain/ids.ts';
import type { FrameRequest } from './ports/requests.ts';

export interface PendingFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
  /** W1: the requests that a conversation has read from `bytes`. Undefined for a dialect without state. */
  readonly requests?: readonly FrameRequest[] | undefined;
}

interface Backlog {
  readonly frames: PendingFrame[];
  bytes: number;
}

// The approximate cost in V8 of the copy's object, its view, and its place in the list; or of one request of a conversation.
const FRAME_OVERHEAD_BYTES = 280;

/**
 * O14: keeps frames of connections that can't be handled yet. Bounded for each connection and in total. The first frame of a
 * connection only needs maxBytesPerConnection within the total.
 */
export class PendingFrames {
  readonly #maxBytesPerConnection: number;
  readonly #maxBytes: number;
  readonly #backlogs = new Map<ConnectionId, Backlog>();
  #bytes = 0;

  /** @param maxBytesPerConnection with the overhead of each frame. @param maxBytes for all connections. */
  constructor(maxBytesPerConnection: number, maxBytes: number) {
    this.#maxBytesPerConnection = maxBytesPerConnection;
    this.#maxBytes = maxBytes;
  }

  /** Of all connections, with the overhead of each frame. */
  get bytes(): number {
    return this.#bytes;
  }

  has(id: ConnectionId): boolean {
    return this.#backlogs.has(id);
  }

  /** Connections with pending frames, in the order of their first frame. */
  connections(): readonly ConnectionId[] {
    return [...this.#backlogs.keys()];
  }

  /** Keeps a copy of a frame. @returns false if there is no room. */
  add(id: ConnectionId, bytes: Uint8Array, isBinary: boolean): boolean {
    return this.#keep(id, bytes.length + FRAME_OVERHEAD_BYTES, () => ({ bytes: new Uint8Array(bytes), isBinary }));
  }

  /**
   * W1: keeps the requests of a frame that the caller has copied. Their number is bounded for the first frame, too.
   * @returns false if there is no room.
   */
  addRequests(id: ConnectionId, { bytes, isBinary }: PendingFrame, requests: readonly FrameRequest[]): boolean {
    const overhead = FRAME_OVERHEAD_BYTES * (1 + requests.length);
    if (overhead > this.#maxBytesPerConnection) return false;
    const size = bytes.length + overhead;
    return this.#keep(id, size, () => ({ bytes, isBinary, requests: [...requests] }));
  }

  #keep(id: ConnectionId, size: number, frame: () => PendingFrame): boolean {
    const backlog = this.#backlogs.get(id) ?? { frames: [], bytes: 0 };
    if (this.#bytes + size > this.#maxBytes) return false;
    if (backlog.frames.length > 0 && backlog.bytes + size > this.#maxBytesPerConnection) return false;
    this.#backlogs.set(id, backlog);
    backlog.frames.push(frame());
    backlog.bytes += size;
    this.#bytes += size;
    return true;
  }

  /** Removes and returns the pending frames of a connection, in order of arrival. */
  take(id: ConnectionId): readonly PendingFrame[] {
    const backlog = this.#backlogs.get(id);
    if (backlog === undefined) return [];
    this.#backlogs.delete(id);
    this.#bytes -= backlog.bytes;
    return backlog.frames;
  }
}
