import type { ConnectionId } from '../domain/ids.ts';
import type { Draft } from '../domain/topic.ts';
import type { FrameRequest, MemberDraft } from './ports/requests.ts';

/** M23: a frame of which some requests wait for a later turn. */
export interface UnfinishedFrame {
  readonly requests: readonly FrameRequest[];
  /** Index of the oldest request that waits. */
  next: number;
  /** A copy, of which the payloads are views. */
  readonly bytes: Uint8Array;
  readonly isBinary: boolean;
  /** M22. */
  readonly size: number;
}

/** The memory of a request beside its bytes (estimate). */
const REQUEST_BYTES = 280;

/** M23: at most one frame of each connection, because its transport reports the next one when all requests are handled. */
export class UnfinishedFrames {
  readonly #frames = new Map<ConnectionId, UnfinishedFrame>();

  /** Keeps requests that were read from `bytes`, which are borrowed. */
  keep(id: ConnectionId, requests: readonly FrameRequest[], frame: Omit<UnfinishedFrame, 'requests' | 'next'>): void {
    const { bytes, isBinary, size } = frame;
    const copy = new Uint8Array(bytes);
    const moved = requests.map((request) => onCopy(request, (view) => viewOn(copy, view, bytes)));
    this.#frames.set(id, { requests: moved, next: 0, bytes: copy, isBinary, size });
  }

  find(id: ConnectionId): UnfinishedFrame | undefined {
    return this.#frames.get(id);
  }

  delete(id: ConnectionId): void {
    this.#frames.delete(id);
  }

  /** B1: memory of the frame of a connection. */
  bytesOf(id: ConnectionId): number {
    const frame = this.#frames.get(id);
    return frame === undefined ? 0 : frame.bytes.length + REQUEST_BYTES * frame.requests.length;
  }
}

type Move = (view: Uint8Array) => Uint8Array;

/** The view on the copy that corresponds to a view on `bytes`. Other bytes stay unchanged, so they need no copy. */
function viewOn(copy: Uint8Array, view: Uint8Array, bytes: Uint8Array): Uint8Array {
  const start = view.byteOffset - bytes.byteOffset;
  if (view.buffer !== bytes.buffer || start < 0 || start + view.length > bytes.length) return view;
  return copy.subarray(start, start + view.length);
}

function onCopy(request: FrameRequest, move: Move): FrameRequest {
  switch (request.action) {
    case 'relay':
      return { ...request, payload: request.payload && move(request.payload) };
    case 'publish':
    case 'set-will-draft':
      return { ...request, draft: draftOnCopy(request.draft, move) };
    case 'set-will':
      return { ...request, will: move(request.will) };
    case 'reply':
      return { ...request, frame: move(request.frame) };
    case 'track':
      return { ...request, member: memberOnCopy(request.member, move) };
    case 'join-topics': {
      const { presence } = request;
      const member = presence?.member && memberOnCopy(presence.member, move);
      return presence === undefined ? request : { ...request, presence: { ...presence, member } };
    }
    case 'heartbeat':
    case 'ignore':
    case 'leave':
    case 'leave-topics':
    case 'list-members':
    case 'malformed':
    case 'pong':
    case 'refresh-token':
    case 'untrack':
      return request;
  }
}

function draftOnCopy(draft: Draft, move: Move): Draft {
  const { payload, extra } = draft;
  return { ...draft, payload: move(payload), extra: extra && { ...extra, bytes: move(extra.bytes) } };
}

function memberOnCopy(member: MemberDraft, move: Move): MemberDraft {
  return { ...member, payload: member.payload && move(member.payload) };
}
