import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { MessageKind } from '../../../domain/message.ts';
import { JsonMembers, NOT_A_STRING } from '../shared/json-members.ts';
import type { TextCache } from '../shared/text-cache.ts';

const MALFORMED: FrameRequest = { action: 'malformed' };
const HEARTBEAT: FrameRequest = { action: 'heartbeat' };
const LEAVE: FrameRequest = { action: 'leave' };
const NOT_RELAYED: FrameRequest = { action: 'ignore', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { action: 'ignore', why: 'destination-not-text' };

/** The types of the wire, in order of frequency. */
const TYPES: readonly (readonly [name: string, kind: MessageKind | 'heartbeat' | 'token'])[] = [
  ['CANDIDATE', 'candidate'],
  ['OFFER', 'offer'],
  ['ANSWER', 'answer'],
  ['HEARTBEAT', 'heartbeat'],
  ['LEAVE', 'leave'],
  ['EXPIRE', 'expire'],
  ['TOKEN', 'token'],
];
const TYPE_NAMES: readonly string[] = TYPES.map(([name]) => name);

/** The members that are read; all others are ignored. */
const MEMBERS = ['type', 'dst', 'payload'] as const;
const TYPE = 0;
const DST = 1;
const PAYLOAD = 2;

/** A7: the member of the payload of TOKEN. */
const TOKEN_MEMBERS = ['token'] as const;
const TOKEN = 0;

/** M1 to M12, A7: reads each frame in one pass. The payload is validated and located, but not built. */
export class Decoder {
  readonly #members: JsonMembers;
  readonly #tokenMembers: JsonMembers;

  constructor(cache: TextCache) {
    this.#members = new JsonMembers(MEMBERS, cache);
    this.#tokenMembers = new JsonMembers(TOKEN_MEMBERS, cache);
  }

  decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest {
    const members = this.#members;
    if (!members.read(bytes, isBinary)) return MALFORMED;
    const kind = TYPES[members.wordIndex(TYPE, TYPE_NAMES)]?.[1];
    if (kind === undefined) return NOT_RELAYED;
    if (kind === 'heartbeat') return HEARTBEAT;
    if (kind === 'token') return this.#refresh(members.raw(PAYLOAD, bytes));
    const to = this.#destination(likelyTo);
    if (to === NOT_A_STRING) return NOT_TEXT;
    if (kind === 'leave' && !to) return LEAVE;
    return { action: 'relay', kind, to, payload: members.raw(PAYLOAD, bytes) };
  }

  /** A7. */
  #refresh(payload: Uint8Array | undefined): FrameRequest {
    const token = payload && this.#tokenMembers.read(payload, false) ? this.#tokenMembers.string(TOKEN) : undefined;
    return { action: 'refresh-token', token: token === NOT_A_STRING ? undefined : token };
  }

  /** M11, M12: `null` is the same as absent. */
  #destination(likely: string | undefined): string | typeof NOT_A_STRING | undefined {
    const to = this.#members.string(DST, likely);
    return to === NOT_A_STRING && this.#members.isNull(DST) ? undefined : to;
  }
}
