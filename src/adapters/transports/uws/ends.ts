import type { ConnectionEnd, TransportFault } from '../../../application/ports/transport.ts';
import { closedByClient, closedForFault } from '../shared/close-frames.ts';

/** What uWebSockets.js calls the faults for which it cuts a connection, without a close frame. */
const FAULTS: ReadonlyMap<string, TransportFault> = new Map([
  ['Received too big message', 'message-too-big'],
  ['Received invalid UTF-8', 'text-not-utf8'],
  ['Received invalid WebSocket frame', 'frame-invalid'],
  ['Received invalid close payload', 'frame-invalid'],
]);

const decoder = new TextDecoder();

/**
 * How a connection ended that the broker did not close.
 * @param reason borrowed; the library's own words where the code is 1006.
 * @param tooBig the fault of a message that is larger than the library's limit.
 */
export function endOf(code: number, reason: ArrayBuffer, tooBig: TransportFault = 'message-too-big'): ConnectionEnd {
  const fault = code === 1006 && reason.byteLength > 0 ? FAULTS.get(decoder.decode(reason)) : undefined;
  if (fault === undefined) return closedByClient(code);
  return closedForFault(fault === 'message-too-big' ? tooBig : fault);
}
