import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { Payload } from '../../../domain/message.ts';
import { JsonMembers, NO_TEXT } from '../shared/json-members.ts';
import { KnownTexts } from '../shared/known-texts.ts';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const STAY: FrameRequest = { ask: 'stay' };
const LEAVE: FrameRequest = { ask: 'leave' };
const UNKNOWN: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

const TYPES = ['candidate', 'offer', 'answer', 'heartbeat', 'will', 'leave'] as const;

/** The members that have a meaning. */
const MEMBERS = ['type', 'peer', 'signal'] as const;
const TYPE = 0;
const PEER = 1;
const SIGNAL = 2;

const NULL: Payload = Buffer.from('null');

/** PEO3 to PEO7: reads frames. A signal is located and validated, and passed on byte for byte (PEO4). */
export class Decoder {
  readonly #members = new JsonMembers(MEMBERS, new KnownTexts());

  /** Never throws. */
  decode(bytes: Uint8Array, isBinary: boolean): FrameRequest {
    const members = this.#members;
    if (!members.read(bytes, isBinary)) return UNREADABLE;
    const type = TYPES[members.word(TYPE, TYPES)];
    const signal = members.raw(SIGNAL, bytes);
    switch (type) {
      case 'offer':
        if (members.has(PEER)) return this.#toOne('offer', signal);
        // Without topics: to all topics that the publisher listens to.
        return { ask: 'publish', draft: { topics: [], payload: signal ?? NULL }, echo: false };
      case 'answer':
      case 'candidate':
        return this.#toOne(type, signal);
      case 'will':
        return { ask: 'bequeath', will: signal ?? NULL };
      case 'heartbeat':
        return STAY;
      case 'leave':
        return LEAVE;
      default:
        return UNKNOWN;
    }
  }

  #toOne(kind: 'offer' | 'answer' | 'candidate', payload: Payload | undefined): FrameRequest {
    const to = this.#members.text(PEER);
    return to === NO_TEXT ? NOT_TEXT : { ask: 'relay', kind, to, payload };
  }
}
