import type { FrameRequest } from '../../../application/ports/requests.ts';
import type { Payload } from '../../../domain/message.ts';
import { jsonObjectIn } from '../shared/json-object.ts';

const UNREADABLE: FrameRequest = { ask: 'unreadable' };
const STAY: FrameRequest = { ask: 'stay' };
const LEAVE: FrameRequest = { ask: 'leave' };
const UNKNOWN: FrameRequest = { ask: 'nothing', why: 'not-relayed' };
const NOT_TEXT: FrameRequest = { ask: 'nothing', why: 'destination-not-text' };

/** PEO3 to PEO7: never throws. */
export function readFrame(bytes: Uint8Array, isBinary: boolean): FrameRequest {
  const frame = jsonObjectIn(bytes, isBinary);
  if (frame === undefined) return UNREADABLE;
  const { type, peer } = frame;
  const signal = signalIn(frame);
  switch (type) {
    case 'offer':
      if (peer !== undefined) return toOne('offer', peer, signal);
      // To all that share the publisher's topic: it listens to no other.
      return { ask: 'publish', draft: { topics: [], payload: signal ?? NOTHING }, echo: false };
    case 'answer':
    case 'candidate':
      return toOne(type, peer, signal);
    case 'will':
      return { ask: 'bequeath', will: signal ?? NOTHING };
    case 'heartbeat':
      return STAY;
    case 'leave':
      return LEAVE;
    default:
      return UNKNOWN;
  }
}

const NOTHING: Payload = Buffer.from('null');

function toOne(kind: 'offer' | 'answer' | 'candidate', peer: unknown, payload: Payload | undefined): FrameRequest {
  if (typeof peer !== 'string' && peer !== undefined) return NOT_TEXT;
  return { ask: 'relay', kind, to: peer, payload };
}

function signalIn(frame: { readonly signal?: unknown }): Payload | undefined {
  const text = JSON.stringify(frame.signal) as string | undefined;
  return text === undefined ? undefined : Buffer.from(text);
}
