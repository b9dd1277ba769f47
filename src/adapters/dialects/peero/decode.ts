import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { Payload } from '../../../domain/message.ts';
import { JsonMembers, NOT_A_STRING } from '../shared/json-members.ts';
import { TextCache } from '../shared/text-cache.ts';

const MALFORMED: FrameRequest = { action: 'malformed' };
const HEARTBEAT: FrameRequest = { action: 'heartbeat' };
const LEAVE: FrameRequest = { action: 'leave' };
const UNKNOWN: FrameRequest = { action: 'ignore', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { action: 'ignore', why: 'destination-not-text' };

const TYPES = ['candidate', 'offer', 'answer', 'heartbeat', 'will', 'leave'] as const;

/** The members that are read; all others are ignored. */
const MEMBERS = ['type', 'peer', 'signal'] as const;
const TYPE = 0;
const PEER = 1;
const SIGNAL = 2;

const NULL: Payload = Buffer.from('null');

/** PEO3 to PEO7: reads frames. A signal is validated, located, and forwarded byte for byte (PEO4). */
export class Decoder {
  readonly #members = new JsonMembers(MEMBERS, new TextCache());

  /** Never throws. */
  decode(bytes: Uint8Array, isBinary: boolean, likelyTo?: string): FrameRequest {
    const members = this.#members;
    if (!members.read(bytes, isBinary)) return MALFORMED;
    const type = TYPES[members.wordIndex(TYPE, TYPES)];
    const signal = members.raw(SIGNAL, bytes);
    switch (type) {
      case 'offer':
        if (members.has(PEER)) return this.#toOne('offer', signal, likelyTo);
        // An empty list means all topics of the publisher.
        return { action: 'publish', draft: { topics: [], payload: signal ?? NULL }, echo: false };
      case 'answer':
      case 'candidate':
        return this.#toOne(type, signal, likelyTo);
      case 'will':
        return { action: 'set-will', will: signal ?? NULL };
      case 'heartbeat':
        return HEARTBEAT;
      case 'leave':
        return LEAVE;
      default:
        return UNKNOWN;
    }
  }

  #toOne(kind: 'offer' | 'answer' | 'candidate', payload: Payload | undefined, likelyTo: string | undefined): FrameRequest {
    const to = this.#members.string(PEER, likelyTo);
    return to === NOT_A_STRING ? NOT_TEXT : { action: 'relay', kind, to, payload };
  }
}
