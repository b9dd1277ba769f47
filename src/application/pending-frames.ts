import type { ConnectionId } from '../domain/ids.ts';
import type { Conversation, Dialect } from './ports/dialect.ts';
import type { FrameRequest } from './ports/requests.ts';

export type Decoding = Pick<Dialect, 'decode'> | Pick<Conversation, 'decode'>;

export interface PendingFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
  /** W1: the requests that a conversation has read from `bytes`. Undefined for a dialect without state. */
  readonly requests?: readonly FrameRequest[] | undefined;
}

/** The frames of one connection. */
export class Backlog {
  readonly #frames: PendingFrame[] = [];
  /** Index of the oldest frame, and the number of its requests that were taken. */
  #first = 0;
  #taken = 0;
  bytes = 0;

  get isEmpty(): boolean {
    return this.#first === this.#frames.length;
  }

  push(frame: PendingFrame): void {
    this.#frames.push(frame);
    this.bytes += sizeOf(frame);
  }

  /** Removes the oldest request. @returns it with the size of its frame; undefined for a frame without requests. */
  takeRequest(conversation: Decoding): { readonly request: FrameRequest; readonly frameBytes: number } | undefined {
    const frame = this.#frames[this.#first];
    if (frame === undefined) return undefined;
    const requests = requestsOf(frame, conversation);
    const request = requests[this.#taken++];
    if (this.#taken >= requests.length) {
      this.bytes -= sizeOf(frame);
      this.#first += 1;
      this.#taken = 0;
    }
    return request && { request, frameBytes: frame.bytes.length };
  }

  rest(): readonly PendingFrame[] {
    const [oldest, ...others] = this.#frames.slice(this.#first);
    if (oldest === undefined || this.#taken === 0) return this.#frames.slice(this.#first);
    return [{ ...oldest, requests: oldest.requests?.slice(this.#taken) }, ...others];
  }
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
    const backlog = this.#backlogs.get(id) ?? new Backlog();
    if (this.#bytes + size > this.#maxBytes) return false;
    if (!backlog.isEmpty && backlog.bytes + size > this.#maxBytesPerConnection) return false;
    this.#backlogs.set(id, backlog);
    backlog.push(frame());
    this.#bytes += size;
    return true;
  }

  /** Removes and returns the pending frames of a connection, in order of arrival. */
  take(id: ConnectionId): readonly PendingFrame[] {
    return this.takeBacklog(id)?.rest() ?? [];
  }

  /** Removes and returns the pending frames of a connection. */
  takeBacklog(id: ConnectionId): Backlog | undefined {
    const backlog = this.#backlogs.get(id);
    if (backlog === undefined) return undefined;
    this.#backlogs.delete(id);
    this.#bytes -= backlog.bytes;
    return backlog;
  }

  /** M23: the rest of a backlog that was taken in this turn waits for a later one. */
  putBack(id: ConnectionId, backlog: Backlog): void {
    this.#backlogs.set(id, backlog);
    this.#bytes += backlog.bytes;
  }
}

/** The requests of a pending frame. A payload is borrowed until the next frame. None without a conversation. */
export function requestsOf(
  { bytes, isBinary, requests }: PendingFrame,
  conversation: Decoding | undefined,
): readonly FrameRequest[] {
  if (requests !== undefined) return requests;
  return conversation?.decode === undefined ? [] : [conversation.decode(bytes, isBinary)];
}

function sizeOf({ bytes, requests = [] }: PendingFrame): number {
  return bytes.length + FRAME_OVERHEAD_BYTES * (1 + requests.length);
}
