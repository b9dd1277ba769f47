import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';

/** A close frame that a transport sends. */
export interface CloseFrame {
  readonly code: number;
  readonly why: string;
  readonly fault?: TransportFault;
}

/** The close frames that a transport sends on its own decision. */
export const CLOSE_FRAMES = {
  tooBig: { code: 1009, why: 'message too big', fault: 'message-too-big' },
  tooBigForAddress: {
    code: 1009,
    why: 'message too big for one more connection of this address',
    fault: 'message-too-big-for-address',
  },
  readsTooSlowly: { code: 1008, why: 'reads too slowly', fault: 'reads-too-slowly' },
  sendsTooFast: { code: 1008, why: 'sends too fast', fault: 'sends-too-fast' },
} as const satisfies Record<string, CloseFrame>;

/** A8. */
export const FAILS_TOO_OFTEN: CloseFrame = { code: 1008, why: 'Too many failed authentications from this address' };

/** The broker ended a stream, which has no close code. */
export const STREAM_CLOSED: ConnectionEnd = { by: 'broker', code: undefined };
/** The broker ended a stream because the client did not read it. */
export const STREAM_TOO_SLOW: ConnectionEnd = { by: 'broker', code: undefined, fault: 'reads-too-slowly' };
/** The client or the network closed a stream; the transport can't distinguish the two. */
export const STREAM_DISCONNECTED: ConnectionEnd = { by: 'client', code: undefined };
/** The broker closed a connection without a close frame, because it stops. */
export const TERMINATED: ConnectionEnd = { by: 'broker', code: 1006 };

/** The end of a connection that the broker closed. */
export function closedByBroker({ code, fault }: Omit<CloseFrame, 'why'>): ConnectionEnd {
  return { by: 'broker', code, fault };
}

/** The end of a connection that the broker did not close. @param code 1006 if no close frame was received. */
export function closedByClient(code: number): ConnectionEnd {
  return { by: code === 1006 ? 'network' : 'client', code };
}

/** The end of a connection whose client violated the WebSocket protocol. */
export function closedForFault(fault: TransportFault): ConnectionEnd {
  return { by: 'broker', code: FAULT_CODES[fault], fault };
}

const FAULT_CODES: Readonly<Record<TransportFault, number>> = {
  'message-too-big': 1009,
  'message-too-big-for-address': 1009,
  'text-not-utf8': 1007,
  'frame-invalid': 1002,
  'too-many-fragments': 1008,
  'reads-too-slowly': 1008,
  'sends-too-fast': 1008,
};

const MAX_REASON_BYTES = 123;
const encoder = new TextEncoder();

/** Truncates `why` to the size of a close frame, at a character boundary. */
export function truncatedReason(why: string): string {
  const { read } = encoder.encodeInto(why, new Uint8Array(MAX_REASON_BYTES));
  return read === why.length ? why : why.slice(0, read);
}
