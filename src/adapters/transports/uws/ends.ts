import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';
import { closedByClient, closedForFault } from '../shared/close-frames.ts';

/** The reasons with which uWebSockets.js cuts a connection without a close frame. */
const FAULTS: ReadonlyMap<string, TransportFault> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received invalid UTF-8', 'text-not-utf8'],
  ['Received invalid WebSocket frame', 'frame-invalid'],
  ['Received invalid close payload', 'frame-invalid'],
]);

const decoder = new TextDecoder();

/**
 * Maps a close that the broker did not start to the end of its connection.
 * @param reason borrowed; with code 1006 it is set by the library.
 * @param tooBig the fault for a message beyond the library's limit.
 */
export function endOf(code: number, reason: ArrayBuffer, tooBig: TransportFault = 'message-too-big'): ConnectionEnd {
  const fault = code === 1006 && reason.byteLength > 0 ? FAULTS.get(decoder.decode(reason)) : undefined;
  if (fault === undefined) return closedByClient(code);
  return closedForFault(fault === 'message-too-big' ? tooBig : fault);
}
