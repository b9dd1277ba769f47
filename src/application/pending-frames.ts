import type { ConnectionId } from '../domain/ids.ts';

export interface PendingFrame {
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
}

interface Backlog {
  readonly frames: PendingFrame[];
  bytes: number;
}

// The copy's object, its view, and its place in the list: about what V8 spends on them.
const FRAME_OVERHEAD_BYTES = 280;

/**
 * O14: frames of connections that can't be handled yet. Bounded for each connection and in all; the first frame of a connection
 * always has room within the bound in all.
 */
export class PendingFrames {
  readonly #room: number;
  readonly #roomInAll: number;
  readonly #backlogs = new Map<ConnectionId, Backlog>();
  #bytes = 0;

  /** @param room for one connection, in bytes. @param roomInAll for all, in bytes. */
  constructor(room: number, roomInAll: number) {
    this.#room = room;
    this.#roomInAll = roomInAll;
  }

  /** Of all connections, with the overhead of each frame. */
  get bytes(): number {
    return this.#bytes;
  }

  has(id: ConnectionId): boolean {
    return this.#backlogs.has(id);
  }

  /** Connections that have frames here, in the order of their first one. */
  connections(): readonly ConnectionId[] {
    return [...this.#backlogs.keys()];
  }

  /** Keeps a copy. @returns false if there is no room for it. */
  add(id: ConnectionId, bytes: Uint8Array, isBinary: boolean): boolean {
    const backlog = this.#backlogs.get(id) ?? { frames: [], bytes: 0 };
    const size = bytes.length + FRAME_OVERHEAD_BYTES;
    if (this.#bytes + size > this.#roomInAll) return false;
    if (backlog.frames.length > 0 && backlog.bytes + size > this.#room) return false;
    this.#backlogs.set(id, backlog);
    backlog.frames.push({ bytes: new Uint8Array(bytes), isBinary });
    backlog.bytes += size;
    this.#bytes += size;
    return true;
  }

  /** What was kept for a connection, in the order of arrival; nothing is kept any more. */
  take(id: ConnectionId): readonly PendingFrame[] {
    const backlog = this.#backlogs.get(id);
    if (backlog === undefined) return [];
    this.#backlogs.delete(id);
    this.#bytes -= backlog.bytes;
    return backlog.frames;
  }
}
